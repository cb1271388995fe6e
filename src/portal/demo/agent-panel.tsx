import { Bot, MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { Input, Label, Radio, RadioGroup, TextField } from 'react-aria-components';
import { useStore } from '../state/store.js';
import { Button } from '../ui/button.js';
import { AskedRequest } from './asked-request.js';
import type { DemoAgent } from './demo-agent.js';
import { presets } from './presets.js';

export interface DemoAgentPanelProps {
  readonly agent: DemoAgent;
  /** Whom it asks. */
  readonly userName: string;
}

/** The other side of the demo: an agent to play with, and what it got. */
export function DemoAgentPanel({ agent, userName }: DemoAgentPanelProps) {
  return (
    <aside className="agent" aria-labelledby="agent-title">
      <header className="agent-head">
        <span className="agent-icon" aria-hidden>
          <Bot size={22} />
        </span>
        <div>
          <h2 id="agent-title">The agent’s side</h2>
          <p>Buno, a demo agent, asks {userName}.</p>
        </div>
      </header>
      <AgentConsole agent={agent} />
    </aside>
  );
}

function AgentConsole({ agent }: { agent: DemoAgent }) {
  const asks = useStore(agent.asks);
  const [presetId, setPresetId] = useState(presets[0].id);
  const preset = presets.find(({ id }) => id === presetId) ?? presets[0];
  const [text, setText] = useState<string>(preset.request.prompt);
  return (
    <>
      <form
        className="agent-form"
        onSubmit={(event) => {
          event.preventDefault();
          void agent.ask({ ...preset.request, prompt: text.trim() });
        }}
      >
        <RadioGroup
          className="choices"
          value={presetId}
          onChange={(id) => {
            const next = presets.find((other) => other.id === id) ?? presets[0];
            setPresetId(next.id);
            setText(next.request.prompt);
          }}
        >
          <Label className="visually-hidden">What to ask for</Label>
          {presets.map(({ id, label }) => (
            <Radio key={id} value={id} className="choice">
              {label}
            </Radio>
          ))}
        </RadioGroup>
        <TextField className="field" value={text} onChange={setText} maxLength={500}>
          <Label>Buno is asking for…</Label>
          <Input className="text-input" />
        </TextField>
        <Button look="primary" type="submit" icon={MessageSquarePlus} isDisabled={text.trim() === ''}>
          Ask me for a file
        </Button>
      </form>
      <ul className="asks" aria-label="What Buno has asked" aria-live="polite">
        {asks.map((ask) => (
          <AskedRequest key={ask.key} ask={ask} agent={agent} />
        ))}
      </ul>
    </>
  );
}
