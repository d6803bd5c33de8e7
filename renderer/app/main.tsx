import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import '../kit/fonts.css';
import '../kit/tokens.css';
import '../kit/base.css';
import { connectPorts, connectSocket, createConnection, DeskProvider } from '../link/index.ts';
import { App } from './App.tsx';
import { startTheme } from './theme.ts';

// The policy of the page forbids code made from text, which zod would otherwise try.
z.config({ jitless: true });
startTheme();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

/** The desktop's own scheme: there the desk is reached by a port, in a browser by a WebSocket. */
const onDesktop = window.location.protocol === 'app:';
const connection = createConnection(onDesktop ? connectPorts(window) : connectSocket(window.location.origin));

createRoot(root).render(
  <StrictMode>
    <DeskProvider value={connection}>
      <App />
    </DeskProvider>
  </StrictMode>,
);
