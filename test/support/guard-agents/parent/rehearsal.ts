import { defineRehearsal } from 'nightdesk/agent';
import { play } from '../model.ts';

export default defineRehearsal(play);
