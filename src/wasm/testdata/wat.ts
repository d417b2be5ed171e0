import wabt from 'wabt'

const toolkit = await wabt()

/** Text format to bytes, without checking: tests want invalid modules too. */
export function wat(text: string): Uint8Array {
  const module = toolkit.parseWat('test.wat', text, {
    multi_value: true, bulk_memory: true, sign_extension: true, mutable_globals: true, sat_float_to_int: true, simd: true, threads: true,
    exceptions: true, tail_call: true, reference_types: true, memory64: true,
  })
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: false }).buffer)
  } finally {
    module.destroy()
  }
}
