import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import styles from './markdown.module.css';

const marked = new Marked({ gfm: true, async: false });

/** Reading matter has no forms, no styles of its own and loads nothing from elsewhere. */
const ALLOWED = {
  block: {
    ALLOWED_TAGS: [
      ...['p', 'ul', 'ol', 'li', 'strong', 'em', 'code', 'pre', 'a', 'blockquote', 'br', 'del', 'hr'],
      ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'h3', 'h4', 'h5', 'h6'],
    ],
    ALLOWED_ATTR: ['href', 'start', 'align'],
  },
  inline: { ALLOWED_TAGS: ['strong', 'em', 'code', 'del'], ALLOWED_ATTR: [] },
};

/** Only addresses of the web and anchors: `javascript:` and the like never become links. */
const SAFE_ADDRESS = /^(?:https?:|mailto:|#)/i;

/** Markdown as HTML that is safe to show. Needs a document: it is cleaned by the browser's own parser. */
export function safeHtml(text: string, kind: keyof typeof ALLOWED): string {
  const html = kind === 'block' ? marked.parse(text, { async: false }) : marked.parseInline(text, { async: false });
  return DOMPurify.sanitize(html, { ...ALLOWED[kind], ALLOWED_URI_REGEXP: SAFE_ADDRESS, ALLOW_DATA_ATTR: false });
}

/** Paragraphs, lists and fences of a runbook, sanitised. */
export function Markdown({ text }: { text: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised above
  return <div className={styles.markdown} dangerouslySetInnerHTML={{ __html: safeHtml(text, 'block') }} />;
}

/** One line of Markdown, such as a step's title, sanitised. */
export function Inline({ markdown }: { markdown: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised above
  return <span dangerouslySetInnerHTML={{ __html: safeHtml(markdown, 'inline') }} />;
}
