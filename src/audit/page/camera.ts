/** As browsers that read codes themselves have it (Shape Detection API); TypeScript does not know it. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}
type DetectorClass = new (options: { readonly formats: readonly string[] }) => Detector

/** Between two looks; codes on the other screen change a few times a second. */
const LOOK_MS = 90

const detectorClass = (globalThis as { readonly BarcodeDetector?: DetectorClass }).BarcodeDetector

/** Whether this browser can read codes from a camera; a reader of its own would be larger than this page. */
export const canScan = detectorClass !== undefined && navigator.mediaDevices?.getUserMedia !== undefined

/** Shows the camera in `video`, which plays by itself, and hands every code to `onText`, again and again, until the answer is called. Rejects when there is no camera to use. */
export async function scan(video: HTMLVideoElement, onText: (text: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment' } })
  const detector = new detectorClass!({ formats: ['qr_code'] })
  video.srcObject = stream
  const timer = setInterval(() => {
    detector.detect(video).then((codes) => codes.forEach(({ rawValue }) => onText(rawValue)), () => {}) // not a frame yet
  }, LOOK_MS)
  return () => {
    clearInterval(timer)
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
}
