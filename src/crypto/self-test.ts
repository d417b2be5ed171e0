import { fromHex } from '../codec/index.ts'
import { isStrictInput } from './rule.ts'
import { SPECCHECK_VECTORS } from './speccheck-vectors.ts'
import type { EquationBackend } from './webcrypto.ts'

/** RFC 8032 §7.1 TEST 2: one byte signed. */
const SIGNED = {
  publicKey: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: fromHex('72'),
  signature: fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
}

interface Probe {
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly accepted: boolean
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 1
  return copy
}

/** Valid, off by a bit in each part, and the published cases that tell cofactored from cofactorless verifiers. */
function probes(): Probe[] {
  return [
    { ...SIGNED, accepted: true },
    { ...SIGNED, message: fromHex('73'), accepted: false },
    { ...SIGNED, message: new Uint8Array(0), accepted: false },
    { ...SIGNED, publicKey: flipped(SIGNED.publicKey, 0), accepted: false },
    { ...SIGNED, signature: flipped(SIGNED.signature, 0), accepted: false },
    { ...SIGNED, signature: flipped(SIGNED.signature, 32), accepted: false },
    ...SPECCHECK_VECTORS.map(({ publicKey, message, signature, accepted }) => ({
      publicKey: fromHex(publicKey),
      message: fromHex(message),
      signature: fromHex(signature),
      accepted,
    })),
  ]
}

/** True when the backend, behind the byte checks of Rule S, gives every expected verdict. */
export async function passesSelfTest(equation: EquationBackend): Promise<boolean> {
  for (const { publicKey, message, signature, accepted } of probes()) {
    try {
      // Bytes off the curve may be beyond a backend's power to decide; that counts as a no here, as it does behind the fallback.
      const verdict = isStrictInput(publicKey, signature) && ((await equation(publicKey, message, signature)) ?? false)
      if (verdict !== accepted) return false
    } catch {
      return false
    }
  }
  return true
}
