import { TRAP, calls } from './script.ts'
import type { Script } from './script.ts'

const LOCALS: Script = {
  name: 'locals',
  wat: `(module
    (func (export "zero") (result i32 i64) (local i32 i64) (local.get 0) (local.get 1))
    (func (export "tee") (param i32) (result i32) (local i32) (i32.add (local.tee 1 (i32.mul (local.get 0) (i32.const 3))) (local.get 1)))
    (func (export "param") (param i32 i64) (result i64) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (i64.add (local.get 1) (i64.extend_i32_s (local.get 0))))
    (func (export "many") (param i64) (result i64) (local i32 i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
      (local.set 20 (local.get 0)) (local.set 2 (i64.const 5)) (local.set 1 (i32.const 9))
      (i64.add (i64.add (local.get 20) (local.get 2)) (i64.add (local.get 19) (i64.extend_i32_u (local.get 1)))))
    (func (export "loopFresh") (param i32) (result i32) (local i32)
      (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 2))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))
    (func (export "evaluationOrder") (result i32) (local i32) (i32.sub (local.tee 0 (i32.const 7)) (local.tee 0 (i32.add (local.get 0) (i32.const 1))))))`,
  steps: [
    ['zero', [], '0,0'], ...calls('tee', [[[5], 30], [[-1], -6], [[0x4000_0000], -2_147_483_648]]),
    ...calls('param', [[[1, 10n], 12], [[-1, 10n], 10], [[0x7fff_ffff, 0n], -2_147_483_648]]), ...calls('many', [[[1n], 15], [[-14n], 0]]),
    ...calls('loopFresh', [[[1], 2], [[5], 10], [[3], 6]]), ['evaluationOrder', [], '-1'],
  ],
}

const GLOBALS: Script = {
  name: 'globals',
  wat: `(module
    (global $a (mut i32) (i32.const -2147483648)) (global $b (mut i64) (i64.const 9223372036854775807)) (global $c i32 (i32.const 17)) (global $d i64 (i64.const -1)) (global (export "e") (mut i32) (i32.const 5))
    (func (export "get") (result i32 i64 i32 i64 i32) (global.get $a) (global.get $b) (global.get $c) (global.get $d) (global.get 4))
    (func (export "set") (param i32 i64) (global.set $a (local.get 0)) (global.set $b (local.get 1)))
    (func (export "bump") (result i32) (global.set 4 (i32.add (global.get 4) (global.get $c))) (global.get 4))
    (func (export "bumpThenTrap") (global.set 4 (i32.add (global.get 4) (i32.const 1))) unreachable)
    (func $add (param i32) (global.set $a (i32.add (global.get $a) (local.get 0))))
    (func (export "acrossCalls") (result i32) (global.set $a (i32.const 1)) (call $add (i32.const 2)) (call $add (global.get $a)) (global.get $a)))`,
  steps: [
    ['get', [], '-2147483648,9223372036854775807,17,-1,5'], ['set', [1, 2n], 'undefined'], ['get', [], '1,2,17,-1,5'], ['bump', [], '22'], ['bump', [], '39'],
    ['bumpThenTrap', [], TRAP], ['get', [], '1,2,17,-1,40'], ['acrossCalls', [], '6'], ['get', [], '6,2,17,-1,40'],
  ],
}

const PARAMETRIC: Script = {
  name: 'drop, select and nop',
  wat: `(module
    (func (export "select") (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 2)))
    (func (export "select64") (param i64 i64 i32) (result i64) (select (result i64) (local.get 0) (local.get 1) (local.get 2)))
    (global $n (mut i32) (i32.const 0))
    (func $tick (param i32) (result i32) (global.set $n (i32.add (i32.mul (global.get $n) (i32.const 10)) (local.get 0))) (local.get 0))
    (func (export "both") (param i32) (result i32) (global.set $n (i32.const 0)) (drop (select (call $tick (i32.const 1)) (call $tick (i32.const 2)) (local.get 0))) (global.get $n))
    (func (export "dropTrap") (drop (i32.div_u (i32.const 1) (i32.const 0))))
    (func (export "nops") (param i32) (result i32) nop (local.get 0) nop (i32.const 1) nop (i32.add) nop))`,
  steps: [
    ...calls('select', [[[1, 2, 1], 1], [[1, 2, 0], 2], [[1, 2, -1], 1], [[1, 2, 256], 1]]), ...calls('select64', [[[1n, -2n, 1], 1], [[1n, -2n, 0], -2]]),
    ...calls('both', [[[0], 12], [[1], 12]]), ['dropTrap', [], TRAP], ['nops', [41], '42'],
  ],
}

const START: Script = {
  name: 'start function',
  wat: `(module (memory 1 1) (global $g (mut i64) (i64.const 3)) (data (i32.const 0) "\\05")
    (func $start (local i32) (loop $l (global.set $g (i64.mul (global.get $g) (i64.const 2))) (i32.store8 (i32.const 0) (local.tee 0 (i32.sub (i32.load8_u (i32.const 0)) (i32.const 1)))) (br_if $l (local.get 0))))
    (start $start) (func (export "get") (result i64 i32) (global.get $g) (i32.load (i32.const 0))))`,
  steps: [['get', [], '96,0'], ['get', [], '96,0']],
}

export const VARIABLE_SCRIPTS: readonly Script[] = [LOCALS, GLOBALS, PARAMETRIC, START]
