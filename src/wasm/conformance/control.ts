import { TRAP, calls } from './script.ts'
import type { Script } from './script.ts'

const BLOCKS: Script = {
  name: 'block and br',
  wat: `(module
    (func (export "value") (result i32) (block (result i32) (i32.const 7)))
    (func (export "nested") (result i32) (block (result i32) (block (result i32) (block (result i32) (i32.const 9)))))
    (func (export "br") (result i32) (block (result i32) (br 0 (i32.const 18)) (i32.const 19)))
    (func (export "brOuter") (result i32) (block $a (result i32) (drop (block $b (result i32) (br $a (i32.const 1)))) (i32.const 2)))
    (func (export "brFunction") (param i32) (result i32) (block (br_if 0 (local.get 0)) (br 1 (i32.const 5))) (i32.const 6))
    (func (export "excessOperands") (result i32) (block (result i32) (i32.const 1) (i32.const 2) (br 0 (i32.const 3))))
    (func (export "twoValues") (result i32 i64) (block (result i32 i64) (i32.const 1) (i64.const 2)))
    (func (export "params") (param i32) (result i32) (local.get 0) (i32.const 3) (block (param i32 i32) (result i32) (i32.sub)))
    (func (export "brTwoValues") (param i32) (result i32 i64) (block $b (result i32 i64) (i32.const 1) (i64.const 2) (br_if $b (local.get 0)) (drop) (drop) (i32.const 3) (i64.const 4)))
    (func (export "unreachableAfter") (result i32) (block (result i32) (br 0 (i32.const 4)) (unreachable)))
    (func (export "deadArithmetic") (result i32) (return (i32.const 1)) (i32.add) (i32.div_s (i32.const 0))))`,
  steps: [
    ['value', [], '7'], ['nested', [], '9'], ['br', [], '18'], ['brOuter', [], '1'], ...calls('brFunction', [[[0], 5], [[1], 6], [[-7], 6]]), ['excessOperands', [], '3'],
    ['twoValues', [], '1,2'], ...calls('params', [[[10], 7], [[0], -3]]), ...calls('brTwoValues', [[[1], '1,2'], [[0], '3,4']]), ['unreachableAfter', [], '4'], ['deadArithmetic', [], '1'],
  ],
}

const LOOPS: Script = {
  name: 'loop',
  wat: `(module
    (func (export "once") (result i32) (loop (result i32) (i32.const 3)))
    (func (export "sum") (param i32) (result i64) (local i64)
      (block $done (loop $next (br_if $done (i32.eqz (local.get 0))) (local.set 1 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0)))) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $next))) (local.get 1))
    (func (export "params") (param i64) (result i64)
      (i64.const 1) (local.get 0)
      (loop $l (param i64 i64) (result i64) (local.set 0) (i64.mul (local.get 0)) (i64.sub (local.get 0) (i64.const 1)) (br_if $l (i64.gt_u (i64.sub (local.get 0) (i64.const 1)) (i64.const 0))) (drop)))
    (func (export "primes") (param $n i32) (result i32) (local $count i32) (local $i i32) (local $j i32)
      (local.set $i (i32.const 2))
      (block $end (loop $outer
        (br_if $end (i32.gt_u (local.get $i) (local.get $n)))
        (block $composite
          (local.set $j (i32.const 2))
          (block $prime (loop $inner
            (br_if $prime (i32.gt_u (i32.mul (local.get $j) (local.get $j)) (local.get $i)))
            (br_if $composite (i32.eqz (i32.rem_u (local.get $i) (local.get $j))))
            (local.set $j (i32.add (local.get $j) (i32.const 1)))
            (br $inner)))
          (local.set $count (i32.add (local.get $count) (i32.const 1))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $outer)))
      (local.get $count))
    (func (export "returnFromInside") (param i32) (result i32) (local i32)
      (loop $a (loop $b (local.set 1 (i32.add (local.get 1) (i32.const 1))) (if (i32.eq (local.get 1) (local.get 0)) (then (return (i32.mul (local.get 1) (i32.const 100))))) (br_if $b (i32.lt_u (local.get 1) (i32.const 4)))) (br_if $a (i32.lt_u (local.get 1) (i32.const 9))))
      (i32.const -1))
    (func (export "restartOuter") (param i32) (result i32) (local i32 i32)
      (loop $a (local.set 1 (i32.add (local.get 1) (i32.const 1))) (local.set 2 (i32.const 0))
        (loop $b (local.set 2 (i32.add (local.get 2) (i32.const 1))) (br_if $a (i32.and (i32.eq (local.get 2) (i32.const 2)) (i32.lt_u (local.get 1) (local.get 0)))) (br_if $b (i32.lt_u (local.get 2) (i32.const 5)))))
      (i32.add (i32.mul (local.get 1) (i32.const 10)) (local.get 2)))
    (func (export "trapInside") (param i32) (result i32) (local i32)
      (loop $l (local.set 1 (i32.add (local.get 1) (i32.div_u (i32.const 60) (local.get 0)))) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (i32.ge_s (local.get 0) (i32.const 0)))) (local.get 1))
    (func (export "empty") (loop) (loop (loop) (loop))))`,
  steps: [
    ['once', [], '3'], ...calls('sum', [[[0], 0], [[1], 1], [[100], 5050], [[5000], 12_502_500]]), ...calls('params', [[[1n], 1], [[5n], 120], [[20n], 2_432_902_008_176_640_000n]]),
    ...calls('primes', [[[1], 0], [[2], 1], [[30], 10], [[1000], 168]]), ...calls('returnFromInside', [[[1], 100], [[4], 400], [[7], 700], [[50], -1]]),
    ...calls('restartOuter', [[[1], 15], [[4], 45]]), ...calls('trapInside', [[[3], TRAP], [[-2], 0]]), ['empty', [], 'undefined'],
  ],
}

const CONDITIONS: Script = {
  name: 'if, br_if and br_table',
  wat: `(module
    (func (export "if") (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
    (func (export "ifOnly") (param i32) (result i32) (local i32) (if (local.get 0) (then (local.set 1 (i32.const 8)))) (local.get 1))
    (func (export "ifTwo") (param i32) (result i32 i64) (if (result i32 i64) (local.get 0) (then (i32.const 1) (i64.const 2)) (else (i32.const 3) (i64.const 4))))
    (func (export "ifParams") (param i32 i32) (result i32) (local.get 0) (if (param i32) (result i32) (local.get 1) (then (i32.add (i32.const 1))) (else (i32.sub (i32.const 1)))))
    (func (export "elseTraps") (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (unreachable))))
    (func (export "thenReturns") (param i32) (result i32) (if (local.get 0) (then (return (i32.const 5)))) (i32.const 6))
    (func (export "elseReturns") (param i32) (result i32) (if (local.get 0) (then) (else (return (i32.const 5)))) (i32.const 6))
    (func (export "bothReturn") (param i32) (result i32) (if (local.get 0) (then (return (i32.const 5))) (else (return (i32.const 6)))) (unreachable))
    (func (export "brOutOfIf") (param i32) (result i32) (block $b (result i32) (if (local.get 0) (then (br $b (i32.const 1)))) (i32.const 2)))
    (func (export "brIf") (param i32) (result i32) (block $b (result i32) (drop (br_if $b (i32.const 1) (local.get 0))) (i32.const 2)))
    (func (export "ladder") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 0)) (then (i32.const -1)) (else (if (result i32) (i32.lt_s (local.get 0) (i32.const 10)) (then (i32.const 0)) (else (if (result i32) (i32.lt_s (local.get 0) (i32.const 100)) (then (i32.const 1)) (else (i32.const 2))))))))
    (func (export "table") (param i32) (result i32) (block $d (block $c (block $b (block $a (br_table $a $b $c $d (local.get 0))) (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30))) (i32.const 40))
    (func (export "tableValue") (param i32) (result i32) (block $b (result i32) (i32.add (block $a (result i32) (br_table $a $b (i32.const 5) (local.get 0))) (i32.const 1))))
    (func (export "tableDefaultOnly") (param i32) (result i32) (block $a (br_table $a (local.get 0)) (unreachable)) (i32.const 3))
    (func (export "tableSame") (param i32) (result i32) (block $a (block $b (br_table $a $b $a $b $b (local.get 0))) (return (i32.const 1))) (i32.const 2))
    (func (export "tableLoop") (param i32) (result i32) (local i32)
      (block $out (loop $again (local.set 1 (i32.add (local.get 1) (i32.const 1))) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_table $out $again $again $again $out (local.get 0)))) (local.get 1))
    (func (export "machine") (param i32) (result i32) (local $state i32) (local $n i32)
      (loop $run
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (block $three (block $two (block $one (br_table $one $two $three (local.get $state)))
          (local.set $state (i32.const 1)) (br $run))
          (local.set $state (select (i32.const 2) (i32.const 0) (i32.ge_u (local.get $n) (local.get 0)))) (br $run)))
      (local.get $n)))`,
  steps: [
    ...calls('if', [[[0], 2], [[1], 1], [[-1], 1], [[0x8000_0000 | 0], 1]]), ...calls('ifOnly', [[[0], 0], [[9], 8]]), ...calls('ifTwo', [[[1], '1,2'], [[0], '3,4']]),
    ...calls('ifParams', [[[10, 1], 11], [[10, 0], 9]]), ...calls('elseTraps', [[[1], 1], [[0], TRAP]]), ...calls('thenReturns', [[[1], 5], [[0], 6]]), ...calls('elseReturns', [[[1], 6], [[0], 5]]),
    ...calls('bothReturn', [[[1], 5], [[0], 6]]), ...calls('brOutOfIf', [[[1], 1], [[0], 2]]), ...calls('brIf', [[[1], 1], [[0], 2]]), ...calls('ladder', [[[-5], -1], [[0], 0], [[9], 0], [[10], 1], [[99], 1], [[100], 2]]),
    ...calls('table', [[[0], 10], [[1], 20], [[2], 30], [[3], 40], [[4], 40], [[-1], 40], [[0x8000_0000 | 0], 40]]), ...calls('tableValue', [[[0], 6], [[1], 5], [[-1], 5]]),
    ...calls('tableDefaultOnly', [[[0], 3], [[-1], 3]]), ...calls('tableSame', [[[0], 2], [[1], 1], [[2], 2], [[3], 1], [[9], 1]]), ...calls('tableLoop', [[[1], 1], [[3], 3], [[0], 1], [[4], 4], [[9], 1]]),
    ...calls('machine', [[[1], 3], [[5], 7], [[6], 7]]),
  ],
}

const NESTED = Array.from({ length: 100 }).reduce<string>((inner) => `(block ${inner})`, '(br_if 99 (local.get 0))')
const DEEP: Script = {
  name: 'deep nesting and long branches',
  wat: `(module (func (export "out") (param i32) (result i32) ${NESTED} (i32.const 1))
    (func (export "wide") (param i32) (result i32) ${Array.from({ length: 40 }).reduce<string>((inner, _, i) => `(block ${inner} (return (i32.const ${i})))`, `(br_table ${Array.from({ length: 40 }, (_, i) => i).join(' ')} (local.get 0))`)} (i32.const -1)))`,
  steps: [...calls('out', [[[0], 1], [[1], 1]]), ...calls('wide', [...Array.from({ length: 39 }, (_, i): [number[], number] => [[i], i + 1]), [[39], -1], [[40], -1], [[-1], -1]])],
}

const UNREACHABLE: Script = {
  name: 'unreachable',
  wat: `(module
    (func (export "plain") (unreachable)) (func (export "value") (result i64) (unreachable)) (func (export "inIf") (param i32) (if (local.get 0) (then (unreachable))))
    (func (export "inLoop") (param i32) (loop (if (i32.eqz (local.get 0)) (then (unreachable))) (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (i32.gt_s (local.get 0) (i32.const -3)))))
    (func (export "operand") (result i32) (i32.add (i32.const 1) (unreachable)))
    (func $dead (export "deadBranches") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (call $dead (i32.sub (local.get 0) (i32.const 1))) (i32.const 2)))
        (else (block (result i32) (br 0 (i32.const 5)) (br_if 2 (i32.const 1) (i32.const 1)) (br_table 0 2 (i32.const 0) (i32.const 0))))))
    (func $deadReturn (export "deadReturn") (param i32) (result i32 i64)
      (if (result i32 i64) (local.get 0)
        (then (call $deadReturn (i32.sub (local.get 0) (i32.const 1))))
        (else (block (result i32 i64) (br 0 (i32.const 6) (i64.const 7)) (return)))))
    (func (export "notReached") (result i32) (block (result i32) (br 0 (i32.const 2)) (unreachable))))`,
  steps: [['plain', [], TRAP], ['value', [], TRAP], ...calls('inIf', [[[1], TRAP], [[0], 'undefined']]), ...calls('inLoop', [[[2], TRAP], [[-1], 'undefined']]), ['operand', [], TRAP], ['notReached', [], '2'],
    ...calls('deadBranches', [[[0], 5], [[3], 11]]), ...calls('deadReturn', [[[0], '6,7'], [[3], '6,7']])],
}

export const CONTROL_SCRIPTS: readonly Script[] = [BLOCKS, LOOPS, CONDITIONS, DEEP, UNREACHABLE]
