import { describe, expect, it } from 'vitest';
import { fileOf, isEdited, meet, type Session } from '../../../../renderer/runbooks/editor/session.ts';

const BASE = { file: 'one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n', hash: 'h1' };
const clean: Session = { base: BASE, text: 'one\ntwo\nthree\nfour\nfive\n' };
const edited: Session = { base: BASE, text: 'ONE\ntwo\nthree\nfour\nfive\n' };

describe('an edit of a runbook', () => {
  it('is none while only the line ends differ', () => {
    expect(isEdited(clean)).toBe(false);
    expect(fileOf(clean)).toBe(BASE.file);
    expect(isEdited(edited)).toBe(true);
    expect(fileOf(edited)).toBe('ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\n');
  });
  it('of a file that is not there yet is one as soon as it says something', () => {
    expect(isEdited({ base: null, text: ' \n' })).toBe(false);
    expect(isEdited({ base: null, text: '# New' })).toBe(true);
    expect(fileOf({ base: null, text: '# New' })).toBe('# New');
  });
});

describe('a file that changed outside', () => {
  it('is nothing to do while it is the same', () => {
    expect(meet(edited, BASE)).toEqual({ kind: 'same' });
  });
  it('takes the place of a text that was not edited', () => {
    const theirs = { file: 'else\r\n', hash: 'h2' };
    expect(meet(clean, theirs)).toEqual({ kind: 'taken', session: { base: theirs, text: 'else\n' } });
  });
  it('is put together with an edit of other lines', () => {
    const theirs = { file: 'one\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n', hash: 'h2' };
    expect(meet(edited, theirs)).toEqual({
      kind: 'merged',
      session: { base: theirs, text: 'ONE\ntwo\nthree\nfour\nFIVE\n' },
    });
  });
  it('stands beside an edit of the same lines, which is kept', () => {
    const theirs = { file: 'First\r\ntwo\r\nthree\r\nfour\r\nfive\r\n', hash: 'h2' };
    expect(meet(edited, theirs)).toEqual({ kind: 'overlap', theirs });
  });
  it('that came into being under the same name stands beside the new one', () => {
    const theirs = { file: '# Theirs\n', hash: 'h2' };
    expect(meet({ base: null, text: '# Mine\n' }, theirs)).toEqual({ kind: 'overlap', theirs });
  });
  it('is the same edit when both came to the same text', () => {
    const theirs = { file: fileOf(edited), hash: 'h2' };
    expect(meet(edited, theirs)).toEqual({ kind: 'taken', session: { base: theirs, text: edited.text } });
  });
});
