import { blockHash, sha256, signerBitmap, utf8Bytes, validatorSetHash, votePayload } from '../../codec/index.ts'
import type { BlockHeader, CommitCertificate, ValidatorSet } from '../../codec/index.ts'
import { createSigner } from '../../crypto/index.ts'
import { verifyCertificate } from '../certificate.ts'

/** The set of the figure: 100 validators of equal stake, of which 67 make more than two thirds. */
const VALIDATORS = 100
const QUORUM = 67
/** Alternating samples of both sides; the best of each is compared, so that a busy machine slows both or neither. */
const SAMPLES = 40
/** Runs per sample: browsers round their clock to a tenth of a millisecond. */
const RUNS_PER_SAMPLE = 4

export interface CertificateBench {
  /** One `verifyCertificate` of a 100-validator certificate, milliseconds. */
  readonly certificateMs: number
  /** 67 WebCrypto verifications of the same signatures with imported keys, all in flight at once, milliseconds. */
  readonly rawVerifiesMs: number
  readonly ratio: number
}

/** Measures certificate verification against bare WebCrypto, in Node.js and in a page. Needs WebCrypto with Ed25519. */
export async function benchCertificate(): Promise<CertificateBench> {
  const { header, certificate, validators, payload } = await signedByAll()
  const raw = await Promise.all(
    validators.slice(0, QUORUM).map(async ({ public_key }, i) => ({
      key: await crypto.subtle.importKey('raw', public_key as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify']),
      signature: certificate.signatures[i] as Uint8Array<ArrayBuffer>,
    })),
  )
  const verifyRaw = async (): Promise<void> => {
    await Promise.all(raw.map(({ key, signature }) => crypto.subtle.verify('Ed25519', key, signature, payload as Uint8Array<ArrayBuffer>)))
  }
  const verifyOne = (): Promise<void> => verifyCertificate(header, certificate, validators)
  let rawVerifiesMs = Infinity
  let certificateMs = Infinity
  for (let sample = 0; sample < SAMPLES; sample++) {
    rawVerifiesMs = Math.min(rawVerifiesMs, await timePerRun(verifyRaw))
    certificateMs = Math.min(certificateMs, await timePerRun(verifyOne))
  }
  return { certificateMs, rawVerifiesMs, ratio: certificateMs / rawVerifiesMs }
}

async function timePerRun(task: () => Promise<void>): Promise<number> {
  const start = performance.now()
  for (let run = 0; run < RUNS_PER_SAMPLE; run++) await task()
  return (performance.now() - start) / RUNS_PER_SAMPLE
}

async function signedByAll(): Promise<{ header: BlockHeader; certificate: CommitCertificate; validators: ValidatorSet; payload: Uint8Array }> {
  const names = Array.from({ length: VALIDATORS }, (_, i) => `bench-${String(i).padStart(3, '0')}`)
  const signers = names.map((name) => createSigner(sha256(utf8Bytes(name))))
  const validators = names.map((validator_id, i) => ({ validator_id, public_key: signers[i]!.publicKey, stake: 100 }))
  const setHash = validatorSetHash(validators)
  const root = sha256(utf8Bytes('bench'))
  const header: BlockHeader = {
    world_id: `bench.${'00'.repeat(32)}`, height: 1000, round: 0, time: 1_000_000, parent_hash: root, last_commit_hash: root, action_root: root,
    state_root: root, receipts_root: root, events_root: root, validators_hash: setHash, next_validators_hash: setHash, proposer: names[0]!, writer_epoch: 1,
  }
  const block_hash = blockHash(header)
  const payload = votePayload({ world_id: header.world_id, type: 'precommit', height: header.height, round: 0, block_hash })
  const signatures = await Promise.all(signers.map((signer) => signer.sign(payload)))
  const certificate = { height: header.height, round: 0, block_hash, signers: signerBitmap(names.map((_, i) => i), VALIDATORS), signatures }
  return { header, certificate, validators, payload }
}
