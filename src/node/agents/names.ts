/** Short, easy to tell apart in a list, at home in several languages. */
const NAMES = [
  'Ada', 'Bo', 'Cleo', 'Dara', 'Eli', 'Fay', 'Gus', 'Hana', 'Ivo', 'Juno', 'Kai', 'Luz', 'Milo', 'Nia', 'Odin', 'Pia',
  'Quinn', 'Rosa', 'Sami', 'Tove', 'Uma', 'Vik', 'Wren', 'Xia', 'Yuri', 'Zoe', 'Aino', 'Bela', 'Cyra', 'Dov', 'Elio', 'Finn',
  'Gaia', 'Hugo', 'Ines', 'Jan', 'Kira', 'Leo', 'Mira', 'Nils', 'Olga', 'Paz', 'Remy', 'Suri', 'Theo', 'Udo', 'Vera', 'Wim',
  'Yara', 'Zeno', 'Alma', 'Bram', 'Chen', 'Dina', 'Emil', 'Frida', 'Goro', 'Hedy', 'Iris', 'Jiro', 'Kofi', 'Lena', 'Mato', 'Noor',
  'Otto', 'Petra', 'Ravi', 'Saga', 'Tariq', 'Ursa', 'Vito', 'Willa', 'Yuna', 'Zara', 'Arlo', 'Bina', 'Ciro', 'Dalia', 'Enzo', 'Freya',
  'Gwen', 'Haru', 'Ilse', 'Joss', 'Kaya', 'Lars', 'Maya', 'Nico', 'Oona', 'Pavel', 'Rhea', 'Soren', 'Tara', 'Ulla', 'Vida', 'Yael',
] as const

/** The name of the scripted agent with this index, 0 and up: different for every index. */
export function agentName(index: number): string {
  const name = NAMES[index % NAMES.length]!
  const round = Math.floor(index / NAMES.length)
  return round === 0 ? name : `${name} ${round + 1}`
}
