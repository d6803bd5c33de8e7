import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

export default defineTools({
  'note.take': defineTool({
    description: 'Takes a note.',
    input: z.object({ turn: z.number() }),
    run: ({ turn }) => ({ noted: turn }),
  }),
});
