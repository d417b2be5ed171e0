/** The map's controls for code outside of it (shortcuts, inspector). Null while no map is on the page. */
export interface WorldControl {
  reset(): void
  center(id: string): void
}

let control: WorldControl | null = null

export const worldControl = (): WorldControl | null => control

export function provideWorldControl(provided: WorldControl | null): void {
  control = provided
}
