// What the scripts share: waiting with a deadline, and checks that say both values.

import { isDeepStrictEqual } from 'node:util'

/** Looks until `found()` is true and returns its value; `what` is what did not come. */
export async function eventually(what, found, seconds = 30) {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const value = await found()
    if (value) return value
    if (Date.now() >= deadline) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export function same(what, got, wanted) {
  if (isDeepStrictEqual(got, wanted)) return
  const show = value => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one))
  throw new Error(`${what}: got ${show(got)}, wanted ${show(wanted)}`)
}

/** The code of the error that a promise ends in; none where it ends well. */
export async function refusal(promise, code) {
  try {
    await promise
  } catch (error) {
    return code(error)
  }
  return undefined
}
