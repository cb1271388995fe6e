import {
  getDocument,
  PDFWorker,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import Worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ShownProps } from './preview-body.js';

/** Sharp on fine screens, without the memory that the finest would take. */
const maxPixelRatio = 2;

/**
 * A PDF, page by page, drawn as pictures: nothing that it says runs, and it looks the same on every device. What is
 * written on a page stands there for screen readers, too.
 */
export function PdfPages({ file, blob, onFail }: ShownProps) {
  const [pdf, setPdf] = useState<PDFDocumentProxy>();
  const fail = useEffectEvent(onFail);

  useEffect(() => {
    const port = new Worker();
    const worker = PDFWorker.create({ port });
    let isStale = false;
    void (async () => {
      try {
        const data = new Uint8Array(await blob.arrayBuffer());
        if (isStale) return;
        const opened = await getDocument({ data, worker, isEvalSupported: false }).promise;
        if (!isStale) setPdf(opened);
      } catch {
        if (!isStale) fail();
      }
    })();
    return () => {
      isStale = true;
      worker.destroy();
      port.terminate();
    };
  }, [blob]);

  if (pdf === undefined) {
    return (
      <div className="preview-instead" role="status">
        <p>Opening {file.filename}…</p>
      </div>
    );
  }
  return (
    <div className="preview-pages" tabIndex={0} role="region" aria-label={file.filename}>
      {Array.from({ length: pdf.numPages }, (_, index) => (
        <Page key={index} pdf={pdf} number={index + 1} />
      ))}
    </div>
  );
}

/** Drawn once it comes near; until then a sheet of the usual size. */
function Page({ pdf, number }: { pdf: PDFDocumentProxy; number: number }) {
  const sheet = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isNear, setIsNear] = useState(false);
  const [text, setText] = useState('');

  useEffect(() => {
    const element = sheet.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) setIsNear(true);
      },
      { rootMargin: '600px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const [element, target] = [sheet.current, canvas.current];
    if (!isNear || element === null || target === null) return;
    let stop = () => {};
    let isStale = false;
    void (async () => {
      const page = await pdf.getPage(number);
      if (isStale) return;
      const task = draw(page, target, element.clientWidth);
      stop = () => task.cancel();
      // A page that can't be drawn stays empty; a drawing that was stopped rejects, too.
      await task.promise.catch(() => undefined);
      const words = await readText(page);
      if (!isStale) setText(words);
    })().catch(() => undefined);
    return () => {
      isStale = true;
      stop();
    };
  }, [pdf, number, isNear]);

  return (
    <div ref={sheet} className="preview-page">
      <canvas ref={canvas} role="img" aria-label={`Page ${number} of ${pdf.numPages}`} />
      <p className="visually-hidden">{text}</p>
    </div>
  );
}

function draw(page: PDFPageProxy, canvas: HTMLCanvasElement, width: number) {
  const ratio = Math.min(window.devicePixelRatio, maxPixelRatio);
  const scale = (width * ratio) / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  return page.render({ canvas, viewport });
}

async function readText(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  return items.map((item) => ('str' in item ? item.str : '')).join(' ');
}
