// What a script finds around it. `read(n)` makes a part of the record that is judged: 0 the key,
// 1 the value, 2 and 3 their texts, 4 the headers. Nothing is made before a script looks at it, and
// nothing twice. The global object is closed: what a script keeps there would reach some of the
// records and not others, since several processes share them.
(function (read, log) {
  "use strict";
  const none = Symbol();
  let key = none;
  let value = none;
  let headers = none;
  let partition = 0;
  let place = 0;
  let time = 0;
  const define = (name, get, set) =>
    Object.defineProperty(globalThis, name, { get, set, enumerable: true });
  define("key", () => (key === none ? (key = read(0)) : key), (to) => (key = to));
  define("value", () => (value === none ? (value = read(1)) : value), (to) => (value = to));
  define("headers", () => (headers === none ? (headers = read(4)) : headers));
  define("keyText", () => read(2));
  define("valueText", () => read(3));
  // No schema registry is asked yet.
  define("keySchemaID", () => undefined);
  define("valueSchemaID", () => undefined);
  define("partitionID", () => partition);
  define("partitionId", () => partition);
  define("offset", () => place);
  define("timestamp", () => new Date(time));
  const text = (thing) => {
    if (typeof thing === "string") return thing;
    const json = typeof thing === "object" ? JSON.stringify(thing) : undefined;
    return json === undefined ? String(thing) : json;
  };
  const write = log && ((...things) => log(things.map(text).join(" ")));
  const say = write || (() => {});
  globalThis.console = Object.freeze({ log: say, info: say, warn: say, error: say, debug: say });
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    try {
      Object.defineProperty(globalThis, name, { writable: false, configurable: false });
    } catch {
      // What is above cannot be defined anew by anybody.
    }
  }
  Object.preventExtensions(globalThis);
  return (test, ofPartition, atOffset, atTime) => {
    key = value = headers = none;
    partition = ofPartition;
    place = atOffset;
    time = atTime;
    return test();
  };
})
