import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Camera, CameraOff } from 'lucide-react'
import type { ErrorInfo } from '../../../../codec/index.ts'
import { useDeskText } from '../../../i18n/desk/index.ts'
import { errorInfoOf } from '../../../node-client/errors.ts'
import { Button } from '../../../ui/parts.tsx'
import { DeskProblem } from '../../keys/DeskProblem.tsx'
import { FileInput } from '../../keys/FileInput.tsx'
import { openCamera, readPicture, watchVideo } from './scan.ts'
import s from './qr.module.css'
import ui from '../../../ui/ui.module.css'

/** What a code that was read means: go on looking, or enough. Throws what makes it unusable; looking goes on then. */
export type ReadCode = (text: string) => 'more' | 'done'

/** Reads codes with the camera, or from pictures of them. The camera is on only while it is looking, and never without being asked. */
export function Scanner({ label, progress, onCode }: { readonly label: string; readonly progress?: string | undefined; readonly onCode: ReadCode }) {
  const d = useDeskText()
  const video = useRef<HTMLVideoElement>(null)
  const [stream, setStream] = useState<MediaStream | null>(null)
  const [cameras, setCameras] = useState<readonly MediaDeviceInfo[]>([])
  const [opening, setOpening] = useState(false)
  const [problem, setProblem] = useState<ErrorInfo | null>(null)
  const last = useRef('')
  const take = useEffectEvent((text: string) => {
    if (text === last.current) return // the same code, still before the camera
    last.current = text
    try {
      const verdict = onCode(text)
      setProblem(null)
      if (verdict === 'done') setStream(null)
    } catch (error) {
      setProblem(errorInfoOf(error))
    }
  })
  useEffect(() => {
    const player = video.current
    if (stream === null || player === null) return undefined
    player.srcObject = stream
    player.play().catch(() => undefined) // it plays by itself once it may
    last.current = ''
    const stop = watchVideo(player, take)
    return () => {
      stop()
      for (const track of stream.getTracks()) track.stop()
    }
  }, [stream])
  const open = async (deviceId: string | null): Promise<void> => {
    setOpening(true)
    setProblem(null)
    try {
      setStream(await openCamera(deviceId))
      setCameras((await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput'))
    } catch (error) {
      setProblem(errorInfoOf(error))
    } finally {
      setOpening(false)
    }
  }
  const read = async (files: readonly File[]): Promise<void> => {
    setProblem(null)
    last.current = ''
    try {
      for (const file of files) {
        const text = await readPicture(file)
        if (text === null) setProblem({ code: 'PICTURE_WITHOUT_CODE', message: '', detail: {} })
        else take(text)
      }
    } catch (error) {
      setProblem(errorInfoOf(error))
    }
  }
  return (
    <div className={s.scanner} role="group" aria-label={label}>
      {stream !== null && <video ref={video} className={s.video} muted playsInline autoPlay aria-label={d.qr.picture} />}
      <div className={ui.row}>
        {stream === null
          ? <Button disabled={opening} onClick={() => void open(null)}><Camera size={16} aria-hidden />{opening ? d.qr.opening : label}</Button>
          : <Button onClick={() => setStream(null)}><CameraOff size={16} aria-hidden />{d.qr.stop}</Button>}
        <FileInput label={d.qr.fromPicture} accept="image/*" multiple onChoose={(files) => void read(files)} />
        {stream !== null && cameras.length > 1 && (
          <select className={s.cameras} aria-label={d.qr.camera} onChange={(event) => void open(event.target.value)}>
            {cameras.map(({ deviceId, label: name }, index) => <option key={deviceId} value={deviceId}>{name || `${d.qr.camera} ${index + 1}`}</option>)}
          </select>
        )}
      </div>
      <p className={ui.note} role="status">{progress ?? (stream === null ? '' : d.qr.looking)}</p>
      {problem !== null && <DeskProblem error={problem} />}
    </div>
  )
}
