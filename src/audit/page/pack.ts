import { deflateRawSync } from 'node:zlib'

/** What `unpack` in the loader reads back. Name of the Trusted Types policy that lets the loader run the one script whose hash the page policy has. */
export const PACK_POLICY_NAME = 'verify-page'

/**
 * A script that unpacks `script` and runs it, at under half the size: what is left of 60,000 bytes beside the texts of two languages would not hold it otherwise. What may
 * run is bound by hashes all the same: the page policy names that of the loader and that of `script` itself.
 */
export function packedScript(script: string): string {
  const bytes = deflateRawSync(new TextEncoder().encode(script), { level: 9, memLevel: 9 })
  return `const packed="${base85(bytes)}",bytes=new Uint8Array(packed.length/5*4);
for(let i=0;i<packed.length;i+=5){let n=0;for(let k=0;k<5;k++){const c=packed.charCodeAt(i+k);n=n*85+(c==33?60:c==126?92:c)-40}new DataView(bytes.buffer).setUint32(i/5*4,n)}
const source=await new Response(new Blob([bytes.subarray(0,${bytes.length})]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text(),script=document.createElement("script");
script.type="module";script.textContent=globalThis.trustedTypes?trustedTypes.createPolicy("${PACK_POLICY_NAME}",{createScript:text=>text}).createScript(source):source;document.head.append(script)`
}

/** Four bytes as five characters from "(" to "|", of which "<" and "\" are written "!" and "~": nothing that could end a string or a script. */
function base85(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  padded.set(bytes)
  const view = new DataView(padded.buffer)
  let text = ''
  for (let at = 0; at < padded.length; at += 4) {
    let word = view.getUint32(at)
    let group = ''
    for (let digit = 0; digit < 5; digit++, word = Math.floor(word / 85)) {
      const code = 40 + (word % 85)
      group = String.fromCharCode(code === 60 ? 33 : code === 92 ? 126 : code) + group
    }
    text += group
  }
  return text
}
