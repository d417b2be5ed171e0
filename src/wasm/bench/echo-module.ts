/**
 * (module (memory (export "memory") 1 1)
 *   (func (export "alloc") (param i32) (result i32) i32.const 1024)
 *   (func (export "reduce") (param i32 i32) (result i32 i32) local.get 0 local.get 1))
 */
export const ECHO_MODULE = Uint8Array.from(atob('AGFzbQEAAAABDQJgAX8Bf2ACf38Cf38DAwIAAQUEAQEBAQcbAwZtZW1vcnkCAAVhbGxvYwAABnJlZHVjZQABCg4CBQBBgAgLBgAgACABCw=='), (character) => character.charCodeAt(0))
