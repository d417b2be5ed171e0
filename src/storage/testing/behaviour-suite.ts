import { afterEach, beforeEach, describe } from 'vitest'
import { describeBlobs } from './blobs-suite.ts'
import { describeBlocks } from './blocks-suite.ts'
import type { Place } from './harness.ts'
import { describeOpening } from './opening-suite.ts'
import { describeRecords } from './records-suite.ts'
import { describeState } from './state-suite.ts'
import { Subject } from './subject.ts'

/** What every back end must do. One suite, so that a node behaves alike wherever it runs. */
export function describeStorage(name: string, createPlace: () => Promise<Place>): void {
  describe(`storage: ${name}`, () => {
    const subject = new Subject()
    beforeEach(async () => subject.start(await createPlace()))
    afterEach(async () => {
      await subject.store.close()
      await subject.place.remove()
    })
    describeBlocks(subject)
    describeState(subject)
    describeBlobs(subject)
    describeOpening(subject)
    describeRecords(subject)
  })
}
