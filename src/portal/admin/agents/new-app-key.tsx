import { Plus, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { CreateAppKey, ListAppKeys } from '../generated/documents.js';
import { Copyable } from '../parts/copyable.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { TextEntry } from '../parts/text-entry.js';
import { useAct } from '../use-admin.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';

interface Made {
  readonly name: string;
  readonly secret: string;
}

/** Makes a key; its secret is held by this component alone, and gone with it. */
export function NewAppKey({ urn }: { urn: string }) {
  const [name, setName] = useState('');
  const [made, setMade] = useState<Made>();
  const { mutate, isPending, error, reset } = useAct(
    CreateAppKey,
    [ListAppKeys],
    ({ createAppKey: { appKey, secret } }) => {
      setMade({ name: appKey.name, secret });
      setName('');
    },
  );
  const forget = () => {
    setMade(undefined);
    // It is in what the mutation found, too.
    reset();
  };
  if (made !== undefined) return <Secret made={made} onDone={forget} />;
  return (
    <Form
      className="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ agentUrn: urn, name });
      }}
    >
      <div className="admin-inline">
        <TextEntry
          label="Name of a new key"
          placeholder="production"
          value={name}
          onChange={setName}
          problem={toFieldProblem(error, 'name')}
        />
        <Button type="submit" icon={Plus} isPending={isPending}>
          Create key
        </Button>
      </div>
      <RefusalNote error={withoutFields(error, ['name'])} />
    </Form>
  );
}

/** In the page rather than in a dialog: nothing that is clicked by mistake takes it away. */
function Secret({ made: { name, secret }, onDone }: { made: Made; onDone: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} className="secret" role="group" aria-label={`The new key “${name}”`}>
      <p className="banner banner-warning">
        <TriangleAlert aria-hidden size={20} />
        <span>
          <strong>Copy “{name}” now.</strong> It is shown this once: nobody can read it again, also not here.
        </span>
      </p>
      <Copyable text={secret} name="the key" />
      <Button look="primary" onPress={onDone}>
        I have kept it
      </Button>
    </div>
  );
}
