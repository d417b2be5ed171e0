import { expect, it } from 'vitest'
import { strengthOf } from './strength.ts'

it('tells short, guessable and good passphrases apart', () => {
  const judged = {
    short: ['', 'correct', '12345678901'],
    weak: ['aaaaaaaaaaaaaaaa', '123456789012', 'abcdefghijklmnop', 'the cat sat on a mat', 'password password'],
    fair: ['correct horse battery staple table'],
    strong: ['correct horse battery staple orbit lagoon', 'kR8#vQz2!mLp9$xT', 'babad kidor lunam sotiv gapok zunit'],
  }
  for (const [strength, passphrases] of Object.entries(judged)) for (const passphrase of passphrases) expect(strengthOf(passphrase), passphrase).toBe(strength)
})
