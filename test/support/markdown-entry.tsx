import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Inline, Markdown } from '../../renderer/runbooks/Markdown.tsx';

declare global {
  interface Window {
    /** Shows a text as the console does: as a step's title, and as its prose. */
    showMarkdown(text: string): void;
  }
}

const holder = document.createElement('main');
document.body.append(holder);
const root = createRoot(holder);

window.showMarkdown = (text) => {
  flushSync(() =>
    root.render(
      <>
        <h3>
          <Inline markdown={text} />
        </h3>
        <Markdown text={text} />
      </>,
    ),
  );
};
