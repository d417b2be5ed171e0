/** Whether two names look alike: a small form of the skeletons of UTS #39, for the letters people are fooled with. */

/** Letters of other scripts, and digits, by the Latin letter they imitate. */
const IMITATES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑ', b: 'ьв', c: 'сϲ', d: 'ԁ', e: 'еєҽ', g: 'ɡ', h: 'һн', i: 'іι1lıĺ|ǀ', j: 'ј', k: 'кκ', m: 'м', n: 'пηո', o: 'оοօ0', p: 'рρ', q: 'ԛ', r: 'г', s: 'ѕ5', t: 'тτ', u: 'υս', v: 'νѵ', w: 'ԝω', x: 'хχ', y: 'уγү', z: '2',
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin])),
)

/** What a name comes down to for the eye. */
function skeleton(name: string): string {
  const plain = name.normalize('NFKD').replace(/[\p{M}\p{P}\p{Z}\p{S}]/gu, (mark) => (mark === '|' ? mark : '')).toLowerCase()
  return [...plain].map((letter) => IMITATES[letter] ?? letter).join('').replaceAll('rn', 'm').replaceAll('vv', 'w')
}

export const sameLook = (a: string, b: string): boolean => skeleton(a) === skeleton(b)
