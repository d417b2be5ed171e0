import { TRAP, calls } from './script.ts'
import type { Script } from './script.ts'

const DIRECT: Script = {
  name: 'call',
  wat: `(module
    (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "nested") (param i32) (result i32) (call $add (call $add (local.get 0) (i32.const 1)) (call $add (local.get 0) (i32.const 2))))
    (func $swap (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "swap") (param i32 i64) (result i64 i32) (call $swap (local.get 0) (local.get 1)))
    (func $divmod (param i32 i32) (result i32 i32) (i32.div_u (local.get 0) (local.get 1)) (i32.rem_u (local.get 0) (local.get 1)))
    (func (export "divmod") (param i32 i32) (result i32) (call $divmod (local.get 0) (local.get 1)) (i32.mul (i32.const 1000)) (i32.add))
    (func $log (param i32) (result i32) (global.set $seen (i32.add (i32.mul (global.get $seen) (i32.const 10)) (local.get 0))) (local.get 0))
    (global $seen (mut i32) (i32.const 0))
    (func (export "order") (result i32) (drop (call $add (call $log (i32.const 1)) (call $add (call $log (i32.const 2)) (call $log (i32.const 3))))) (global.get $seen))
    (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64) (result i64 i32) (i64.sub (local.get 8) (local.get 15)) (i32.sub (local.get 0) (local.get 7)))
    (func (export "many") (result i64 i32) (call $many (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 80) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 800)))
    (func (export "sixteen") (result i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64)
      (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10) (i32.const 11) (i32.const 12) (i32.const 13) (i32.const 14) (i32.const 15) (i64.const 16))
    (func $trap (unreachable))
    (func (export "trapBelow") (result i32) (call $trap) (i32.const 1))
    (func $early (param i32) (result i32) (block (br_if 0 (local.get 0)) (return (i32.const 10))) (i32.const 20))
    (func (export "early") (param i32) (result i32) (i32.add (call $early (local.get 0)) (call $early (i32.eqz (local.get 0)))))
    (func (export "inLoop") (param i32) (result i32) (local i32) (loop $l (local.set 1 (call $add (local.get 1) (call $early (i32.and (local.get 0) (i32.const 1))))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1)))`,
  steps: [
    ...calls('nested', [[[0], 3], [[-5], -7]]), ...calls('swap', [[[1, 2n], '2,1']]), ...calls('divmod', [[[17, 5], 3 + 2000], [[1, 0], TRAP]]), ['order', [], '123'], ['many', [], '-799,-79'],
    ['sixteen', [], '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16'], ['trapBelow', [], TRAP], ...calls('early', [[[0], 30], [[1], 30]]), ...calls('inLoop', [[[1], 20], [[2], 30], [[7], 110]]),
  ],
}

const RECURSION: Script = {
  name: 'recursion',
  wat: `(module
    (func $fac (export "fac") (param i64) (result i64) (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 1)) (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
    (func $fib (export "fib") (param i32) (result i32) (if (i32.lt_u (local.get 0) (i32.const 2)) (then (return (local.get 0)))) (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))
    (func $even (export "even") (param i32) (result i32) (if (result i32) (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
    (func $odd (export "odd") (param i32) (result i32) (if (result i32) (local.get 0) (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
    (func $ack (export "ack") (param i32 i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.add (local.get 1) (i32.const 1)))))
      (if (i32.eqz (local.get 1)) (then (return (call $ack (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))))
      (call $ack (i32.sub (local.get 0) (i32.const 1)) (call $ack (local.get 0) (i32.sub (local.get 1) (i32.const 1)))))
    (func $down (export "trapAtBottom") (param i32) (result i32) (i32.add (i32.div_s (i32.const 100) (local.get 0)) (call $down (i32.sub (local.get 0) (i32.const 1)))))
    (func $hanoi (export "hanoi") (param $n i32) (param $from i32) (param $to i32) (param $via i32) (result i32)
      (if (result i32) (local.get $n) (then (i32.add (i32.add (call $hanoi (i32.sub (local.get $n) (i32.const 1)) (local.get $from) (local.get $via) (local.get $to)) (i32.const 1))
        (call $hanoi (i32.sub (local.get $n) (i32.const 1)) (local.get $via) (local.get $to) (local.get $from)))) (else (i32.const 0)))))`,
  steps: [
    ...calls('fac', [[[0n], 1], [[1n], 1], [[20n], 2_432_902_008_176_640_000n], [[25n], 7_034_535_277_573_963_776n]]), ...calls('fib', [[[0], 0], [[1], 1], [[15], 610]]),
    ...calls('even', [[[0], 1], [[77], 0], [[200], 1]]), ...calls('odd', [[[0], 0], [[77], 1]]), ...calls('ack', [[[0, 0], 1], [[2, 3], 9], [[3, 2], 29]]), ...calls('trapAtBottom', [[[5], TRAP]]),
    ...calls('hanoi', [[[0, 1, 3, 2], 0], [[8, 1, 3, 2], 255]]),
  ],
}

const INDIRECT: Script = {
  name: 'call_indirect and element segments',
  wat: `(module
    (type $unary (func (param i32) (result i32))) (type $same (func (param i32) (result i32))) (type $wide (func (param i64) (result i64))) (type $none (func))
    (table 10 10 funcref)
    (elem (i32.const 0) $inc $dec $square) (elem (i32.const 2) $double) (elem (i32.const 4) $wide $recurse $nothing) (elem (i32.const 10))
    (func $inc (type $unary) (i32.add (local.get 0) (i32.const 1)))
    (func $dec (type $same) (i32.sub (local.get 0) (i32.const 1)))
    (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
    (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
    (func $wide (type $wide) (i64.xor (local.get 0) (i64.const -1)))
    (func $recurse (type $unary) (if (result i32) (local.get 0) (then (i32.add (local.get 0) (call_indirect (type $unary) (i32.sub (local.get 0) (i32.const 1)) (i32.const 5)))) (else (i32.const 0))))
    (func $nothing (type $none))
    (func (export "unary") (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 1) (local.get 0)))
    (func (export "same") (param i32 i32) (result i32) (call_indirect (type $same) (local.get 1) (local.get 0)))
    (func (export "wide") (param i32 i64) (result i64) (call_indirect (type $wide) (local.get 1) (local.get 0)))
    (func (export "none") (param i32) (call_indirect (type $none) (local.get 0)))
    (func (export "chain") (param i32) (result i32) (local i32) (loop $l (local.set 1 (call_indirect (type $unary) (local.get 1) (i32.rem_u (local.get 0) (i32.const 3)))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1)))`,
  steps: [
    ...calls('unary', [[[0, 5], 6], [[1, 5], 4], [[2, 5], 10], [[3, 5], TRAP], [[4, 5], TRAP], [[5, 10], 55], [[6, 5], TRAP], [[9, 5], TRAP], [[10, 5], TRAP], [[-1, 5], TRAP]]),
    ...calls('same', [[[0, 5], 6], [[1, 5], 4]]), ...calls('wide', [[[4, 0n], -1], [[0, 0n], TRAP]]), ...calls('none', [[[6], 'undefined'], [[0], TRAP], [[8], TRAP]]),
    ...calls('chain', [[[1], -1], [[3], 1], [[6], 3]]),
  ],
}

export const CALL_SCRIPTS: readonly Script[] = [DIRECT, RECURSION, INDIRECT]
