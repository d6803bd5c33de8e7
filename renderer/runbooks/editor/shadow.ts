/**
 * A place for CodeMirror. It writes its styles while it runs: into a document that is a style element, which the policy of
 * the page rightly refuses; into a shadow root it is a sheet that was made by script, which needs no exception.
 *
 * @returns the same root for the same element, emptied
 */
export function shadowOf(host: HTMLElement): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.replaceChildren();
  return root;
}
