import wabt from 'wabt'

const SOURCE = `(module
  (memory (export "memory") 1 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "call") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))`

/** A module of the wasm-1 interface whose call never returns. */
export async function endlessModule(): Promise<Uint8Array> {
  const { parseWat } = await wabt()
  const module = parseWat('endless.wat', SOURCE)
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}
