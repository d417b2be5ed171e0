/**
 * A digest as one QR code, for the comparison of two devices (R7): what one shows and the other scans.
 *
 *     AWD1/<64 hex digits, uppercase>
 */
const DIGEST_CODE = /^AWD1\/([0-9A-F]{64})$/

/** The text of the code. `hex` is a whole SHA-256, lowercase. */
export const digestCode = (hex: string): string => `AWD1/${hex.toUpperCase()}`

/** The digest a scanned code carries, lowercase; null for any other code. */
export const parseDigestCode = (text: string): string | null => DIGEST_CODE.exec(text.trim())?.[1]?.toLowerCase() ?? null
