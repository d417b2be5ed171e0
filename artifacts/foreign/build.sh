#!/bin/sh
# Builds the modules of this folder from their sources into *.wasm beside this script.
# Needs rustc with the target wasm32-unknown-unknown, clang, and wasm-ld; on Debian 12:
#   apt-get install rustc libstd-rust-dev-wasm32 clang lld
# The bytes checked in are those of rustc 1.63.0 and clang 14.0.6; other versions give other bytes that do the same.
set -eu
cd "$(dirname "$0")"
: "${RUSTC:=rustc}" "${CLANG:=clang}" "${WASM_LD:=wasm-ld}"

# Memory with a maximum (8 pages), which wasm-1 asks for, and a small stack below the data.
LINK='--initial-memory=65536 --max-memory=524288 -zstack-size=8192 --stack-first --strip-all --no-entry'

for module in distance_toll odometer; do
  "$RUSTC" --edition 2021 --crate-type cdylib --target wasm32-unknown-unknown -C opt-level=s -C lto -C panic=abort \
    $(for option in $LINK; do printf ' -C link-arg=%s' "$option"; done) -o "$module.wasm" "rust/$module.rs"
done

# Compiled and linked apart: clang as a linker would also run whatever wasm-opt is installed.
"$CLANG" --target=wasm32 -std=c11 -Os -Wall -Wextra -mmultivalue -Xclang -target-abi -Xclang experimental-mv -c -o activity_ledger.o c/activity_ledger.c
"$WASM_LD" $LINK -o activity_ledger.wasm activity_ledger.o
rm activity_ledger.o
chmod 644 ./*.wasm
