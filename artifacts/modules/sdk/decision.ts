import { Writer } from './cbor/writer'
import { Output } from './output'

/** A rule's answer. Costs are whole units, charged to the actor, and only if the action succeeds. */
@unmanaged
export class Decision {
  private verdict: string
  private replacement: Writer | null
  private electricity: i64
  private data: i64
  private notes: Writer
  private noteCount: u64

  constructor(verdict: string, replacement: Writer | null) {
    this.verdict = verdict
    this.replacement = replacement
    this.electricity = 0
    this.data = 0
    this.notes = new Writer()
    this.noteCount = 0
  }

  costElectricity(amount: i64): Decision {
    this.electricity = amount
    return this
  }

  costData(amount: i64): Decision {
    this.data = amount
    return this
  }

  /** A stable code for programs, or a short ASCII remark. */
  note(text: string): Decision {
    this.noteCount++
    this.notes.text(text)
    return this
  }

  payload(): Writer {
    const writer = new Writer().map(4).text('cost')
    this.writeCost(writer)
    writer.text('notes').list(this.noteCount).append(this.notes)
    writer.text('verdict').text(this.verdict)
    writer.text('override_action')
    const replacement = this.replacement
    if (replacement) writer.append(replacement)
    else writer.null()
    return writer
  }

  /** The output of a rule that only decides. */
  pack(): u64 {
    return new Output().decide(this).pack()
  }

  private writeCost(writer: Writer): void {
    writer.map(u64(this.data != 0) + u64(this.electricity != 0))
    if (this.data != 0) writer.text('data').int(this.data)
    if (this.electricity != 0) writer.text('electricity').int(this.electricity)
  }
}

export function allow(): Decision {
  return new Decision('allow', null)
}

/** `code` is one of the kernel's stable rejection codes where one fits. */
export function deny(code: string): Decision {
  return new Decision('deny', null).note(code)
}

/** Replaces the action by another: a map, its keys in canonical order. */
export function modify(replacement: Writer): Decision {
  return new Decision('modify', replacement)
}
