/** Rejections of this part, with what to do next. */
export const EFFECT_HINTS = {
  EFFECT_NOT_FOUND: 'There is no such effect. Check the intent id; effects are forgotten some time after they are done or expired.',
  EFFECT_NOT_QUEUED: 'The effect waits for no receipt any more: it is done, or it expired. Nothing to do.',
  RECEIPT_SIGNATURE_MALFORMED: 'The signature of the receipt has no known shape. "path" names the first field that does not fit.',
  RECEIPT_UNKNOWN_SCHEME: 'Nobody knows this signature scheme. Sign the receipt with ed25519 or threshold_ed25519.',
  RECEIPT_SCHEME_NOT_TRUSTED: 'Codes of a shared secret prove nothing to others. Sign the receipt with ed25519 or threshold_ed25519.',
  RECEIPT_SIGNER_UNKNOWN: 'The signer is no effect executor of this world. Sign with the key of one.',
  RECEIPT_SIGNER_NOT_ALLOWED: 'The signer may not carry out effects of this kind. Leave it to an executor that may.',
  RECEIPT_DUPLICATE_SIGNER: 'A signer occurs twice. Every participant signs once.',
  RECEIPT_PARTICIPANTS_MISMATCH: 'The participants are not those of the group. Read the group from the state and sign again.',
  RECEIPT_THRESHOLD_MISMATCH: 'The threshold is not that of the group. Read the group from the state and sign again.',
  RECEIPT_THRESHOLD_NOT_MET: 'Too few participants signed. Gather more signatures.',
  RECEIPT_NO_GROUP_KEY: 'The group has no key of its own. Gather signatures of its participants instead.',
  RECEIPT_SIGNATURE_INVALID: 'A signature is not that of its signer over this receipt. Sign again what is submitted.',
  RECEIPT_ANCHOR_UNKNOWN: 'The anchor is no recent block of this chain. Sign again with the header of a recent finalized block.',
  RECEIPT_ANCHOR_MISMATCH: 'The anchor block has another root of receipts. Sign again with the root in its header.',
  RECEIPT_ANCHOR_TOO_EARLY: 'The anchor block is older than the request for the effect. Sign again with a later block.',
} as const
