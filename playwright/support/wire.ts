// A wire between the browser and the server that a test cuts and mends, and that can be thin: what
// a browser's own "offline" leaves standing (an open stream, a WebSocket) breaks here as it would.
import { connect, createServer, type Server, type Socket } from "node:net";

/** A thin wire lets so many bytes through at once, and then waits. */
const PIECE_BYTES = 16 * 1024;
const PIECE_EVERY_MS = 20;

export class Wire {
  private readonly open = new Set<Socket>();
  private listening: Server | undefined;
  private port = 0;
  private thin = false;

  private constructor(private readonly to: { host: string; port: number }) {}

  /** Lays a wire to the server at `url`. */
  static async to(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const wire = new Wire({ host: hostname, port: Number(port) });
    await wire.mend();
    return wire;
  }

  /** The address by which a browser comes over the wire. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on answers come slowly, so that a test can be in the middle of one. */
  narrow(): void {
    this.thin = true;
  }

  /** From now on answers come as fast as they can. */
  widen(): void {
    this.thin = false;
  }

  /** Breaks everything that is under way; whoever comes finds nobody. */
  async cut(): Promise<void> {
    const { listening } = this;
    this.listening = undefined;
    const closed = new Promise<void>((resolve) => {
      if (listening) listening.close(() => resolve());
      else resolve();
    });
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  /** Lets new connections through again, at the same address. */
  async mend(): Promise<void> {
    const listening = createServer((socket) => this.join(socket));
    await new Promise<void>((resolve, reject) => {
      listening.once("error", reject).listen(this.port, "127.0.0.1", resolve);
    });
    const address = listening.address();
    this.port = typeof address === "object" && address ? address.port : this.port;
    this.listening = listening;
  }

  private join(browser: Socket): void {
    const server = connect(this.to);
    for (const [one, other] of [[browser, server], [server, browser]] as const) {
      this.open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.open.delete(one);
        other.destroy();
      });
    }
    browser.pipe(server);
    server.on("data", (data) => void this.pass(data, { from: server, to: browser }));
  }

  /** Hands data on, one lot after the other: what comes behind waits. */
  private async pass(data: Buffer, { from, to }: { from: Socket; to: Socket }): Promise<void> {
    from.pause();
    for (let at = 0; at < data.length && !to.destroyed; ) {
      const end = this.thin ? at + PIECE_BYTES : data.length;
      if (!to.write(data.subarray(at, end))) await flowing(to);
      at = end;
      if (this.thin) await new Promise((resolve) => setTimeout(resolve, PIECE_EVERY_MS));
    }
    if (!from.destroyed) from.resume();
  }
}

/** Resolves when a socket takes more, or never will. */
function flowing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve).once("close", resolve);
  });
}
