import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in px, followed while it is shown. @param least smallest width that is given */
export function useWidth<Shown extends Element>(least: number): { readonly ref: RefObject<Shown | null>; readonly width: number } {
  const ref = useRef<Shown>(null);
  const [width, setWidth] = useState(least);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(least, Math.floor(entry!.contentRect.width))));
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [least]);
  return { ref, width };
}
