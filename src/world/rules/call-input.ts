import { encodeModuleInput, INTERFACE_VERSION } from '../../wasm/index.ts'
import type { ModuleManifest, ModuleStage } from '../module-manifest.ts'
import type { CallOrigin, CallSubject } from './module-host.ts'

/** Encodes what a module is given. */
export class CallInputEncoder {
  encode(
    manifest: ModuleManifest, stage: ModuleStage, height: number, traceId: string, origin: CallOrigin, subject: CallSubject, state: Uint8Array | null,
  ): Uint8Array {
    const { module_id, version, limits } = manifest
    return encodeModuleInput({
      ctx: { v: INTERFACE_VERSION, module_id, module_version: version, trace_id: traceId, time: height, stage, origin: { kind: origin.kind, id: origin.id }, limits },
      ...subject,
      ...(state === null ? {} : { state }),
    })
  }
}
