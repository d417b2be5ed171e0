export { checkCertificateStructure, quorumOf, stakeOf, verifyCertificate, verifyCertificateInFull } from './certificate.ts'
export type { ExpectedBlock } from './certificate.ts'
export type { LightClient, LightClientInit, StateValue } from './client-types.ts'
export { LightConflictError, LightError } from './errors.ts'
export type { LightErrorCode } from './errors.ts'
export { decodeStateProof, encodeStateProof, stateProofSchema, verifyStateProof, verifyStateValue } from './state-proof.ts'
export type { StateProof } from './state-proof.ts'
export type {
  BlockCheckpoint, Checkpoint, ConflictEvidence, GenesisCheckpoint, LightBlock, LightSource, TrustedState, TrustLevel, VerificationOptions,
} from './types.ts'
export { claimed, derive, fromOwnVerifier, isVerified, toMessage } from './verified.ts'
export type { Claimed, Provenance, Trusted, Verified, VerifiedMessage, VerificationStep } from './verified.ts'
