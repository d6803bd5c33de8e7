import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Fence } from './Fence.tsx';
import styles from './markdown.module.css';
import { safeHtml } from './safe-html.ts';

/** Where a fence stands in the page, with its text. */
type FencePlace = { host: HTMLElement; text: string };

/** Paragraphs, lists and fences of a runbook, sanitised; each fence with a copy button, wherever it nests. */
export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => ({ __html: safeHtml(text, 'block') }), [text]);
  const root = useRef<HTMLDivElement>(null);
  const [fences, setFences] = useState<FencePlace[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the fences are those of the HTML that was just put in
  useLayoutEffect(() => {
    const found = [...(root.current?.querySelectorAll('pre') ?? [])].map((pre): FencePlace => {
      const host = document.createElement('div');
      const place = { host, text: pre.textContent ?? '' };
      pre.replaceWith(host);
      return place;
    });
    setFences(found);
  }, [html]);

  return (
    <>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised above */}
      <div ref={root} className={styles.markdown} dangerouslySetInnerHTML={html} />
      {fences.map(({ host, text: fence }, index) => createPortal(<Fence text={fence} />, host, String(index)))}
    </>
  );
}

/** One line of Markdown, such as a step's title, sanitised. */
export function Inline({ markdown }: { markdown: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised above
  return <span dangerouslySetInnerHTML={{ __html: safeHtml(markdown, 'inline') }} />;
}
