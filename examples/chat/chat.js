// A chat as small as it can be. Its own server answers two requests, as docs/embedding.md says:
//   POST token    → { token, expiresInSeconds }  of whoever is signed in to the chat
//   POST messages   { conversationId, text }      hands the message to the agent
const conversationId = crypto.randomUUID();
const prompts = document.querySelector('askfile-prompts');
const messages = document.querySelector('#messages');
const form = document.querySelector('#form');

async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

// Asked for each time that one is needed: a new one is had shortly before the old one ends.
let kept = { token: '', until: 0 };
async function getToken() {
  if (kept.until < Date.now()) {
    const { token, expiresInSeconds } = await post('token');
    kept = { token, until: Date.now() + expiresInSeconds * 900 };
  }
  return kept.token;
}

function say(whose, text) {
  const item = document.createElement('li');
  item.className = whose;
  item.textContent = text;
  messages.append(item);
}

prompts.token = getToken;
prompts.conversationId = conversationId;

prompts.addEventListener('askfile-uploaded', ({ detail }) => {
  say('mine', `📎 ${detail.assets.map(({ filename }) => filename).join(', ')}`);
  say('theirs', 'Thank you, I have it.');
});
prompts.addEventListener('askfile-declined', () => say('theirs', 'All right, without it then.'));
prompts.addEventListener('askfile-timeout', () => say('theirs', 'I could not wait any longer.'));
prompts.addEventListener('askfile-error', ({ detail }) => {
  if (detail.promptId === undefined) console.warn(`Askfile: ${detail.code} ${detail.message}`);
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = form.elements.text.value;
  form.reset();
  say('mine', text);
  try {
    await post('messages', { conversationId, text });
  } catch {
    say('theirs', 'I did not get that. Please try again.');
  }
});
