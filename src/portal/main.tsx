import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { makeKeptToken, takeToken } from './state/session.js';
import { makeTheme } from './state/theme.js';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

// Before anything is shown or asked: the token leaves the address, the colours are right.
const linkToken = takeToken(location, history);
const theme = makeTheme(localStorage, document.documentElement);

createRoot(root).render(
  <StrictMode>
    <App linkToken={linkToken} kept={makeKeptToken(sessionStorage)} theme={theme} />
  </StrictMode>,
);
