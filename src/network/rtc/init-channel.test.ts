import { describe, expect, it } from 'vitest'
import { InitChannel } from './init-channel.ts'

/** A data channel as far as the stand-in looks at one. */
class Channel extends EventTarget {
  readonly id = 1
  closed = 0
  close(): void {
    this.closed++
  }
  say(type: string): void {
    this.dispatchEvent(new Event(type))
  }
}

function setup(connected = true) {
  const channel = new Channel()
  const init = new InitChannel(channel, () => connected)
  const heard: string[] = []
  for (const type of ['open', 'close']) init.addEventListener(type, () => heard.push(type))
  return { channel, init, heard }
}

describe('the init channel', () => {
  it('says open when the other side opened and closed it before anybody looked', () => {
    const { channel, init } = setup()
    channel.say('open')
    channel.say('close')
    expect(init.readyState).toBe('open')
  })

  it('says open when only the closing was seen on a connection that is up, and nothing on one that is not', () => {
    const up = setup(true)
    up.channel.say('close')
    expect(up.heard).toEqual(['open'])
    const down = setup(false)
    down.channel.say('close')
    expect(down.heard).toEqual([])
  })

  it('closes once for whoever dialled, also when the channel is already gone', async () => {
    const { channel, init, heard } = setup()
    channel.say('open')
    channel.say('close')
    init.close()
    init.close()
    expect(init.readyState).toBe('closed')
    await Promise.resolve()
    expect(heard).toEqual(['open', 'close'])
    expect(channel.closed).toBe(0)
  })

  it('closes the real channel when it is still there', () => {
    const { channel, init, heard } = setup()
    channel.say('open')
    init.close()
    expect([init.readyState, channel.closed]).toEqual(['closing', 1])
    channel.say('close')
    expect([init.readyState, ...heard]).toEqual(['closed', 'open', 'close'])
  })
})
