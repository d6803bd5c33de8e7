/** The mark. */
export function Moon() {
  return (
    <svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
      <path d="M6.2 1.3a7 7 0 1 0 8.5 8.5A6 6 0 0 1 6.2 1.3Z" />
    </svg>
  );
}
