import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { makeKeptToken, takeToken } from './state/session.js';
import { makeTheme } from './state/theme.js';
import { NotLoaded } from './ui/later.js';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

// Before anything is shown or asked: the token leaves the address, the colours are right.
const linkToken = takeToken(location, history);
const theme = makeTheme(localStorage, document.documentElement);

createRoot(root, {
  onCaughtError(error) {
    // Who is at the page is told by it; there is nothing to be mended.
    if (!(error instanceof NotLoaded)) reportError(error);
  },
}).render(
  <StrictMode>
    <App linkToken={linkToken} kept={makeKeptToken(sessionStorage)} theme={theme} />
  </StrictMode>,
);
