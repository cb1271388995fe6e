import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { useStore } from '../state/store.js';
import type { Thumbnails } from './thumbnails.js';

export const ThumbnailsContext = createContext<Thumbnails | undefined>(undefined);

/** The file's picture, read when it comes into sight; until then, and if there is none, what stands instead. */
export function Thumbnail({ fileId, instead }: { fileId: string; instead: ReactNode }) {
  const thumbnails = useContext(ThumbnailsContext);
  if (thumbnails === undefined) throw new Error('Thumbnail is for what stands within a ThumbnailsContext');
  const picture = useStore(thumbnails.find(fileId));
  const place = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) thumbnails.want(fileId);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [thumbnails, fileId]);

  return (
    <span ref={place} className="thumbnail">
      {typeof picture === 'object' ? <img src={picture.url} alt="" draggable={false} /> : instead}
    </span>
  );
}
