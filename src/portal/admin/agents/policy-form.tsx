import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { toSize } from '../../words/size.js';
import { GetAgent, SetAgentUploadPolicy } from '../generated/documents.js';
import type { LimitsFragment } from '../generated/types.js';
import { AmountField } from '../parts/amount-field.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { useAct } from '../use-admin.js';
import { sizeUnits, timeUnits, toDuration } from '../words/amounts.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';
import { findProblems, toDraft, toInput, type PolicyDraft } from './policy-draft.js';
import { TypeChecklist } from './type-checklist.js';

const fields = ['policy.maxSizeBytes', 'policy.allowedMimeTypes', 'policy.promptTimeoutSeconds'] as const;

export interface PolicyFormProps {
  readonly urn: string;
  readonly policy: LimitsFragment;
  /** The service's own, which no policy widens. */
  readonly limits: LimitsFragment;
}

/** What is typed stays until it is saved, whatever the service says to it. */
export function PolicyForm({ urn, policy, limits }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => toDraft(policy));
  const [hasTried, setHasTried] = useState(false);
  const [isSaved, setIsSaved] = useState(false);
  const saving = useAct(SetAgentUploadPolicy, [GetAgent], ({ setAgentUploadPolicy }) => {
    setDraft(toDraft(setAgentUploadPolicy.uploadPolicy));
    setIsSaved(true);
  });
  const { error, isPending } = saving;
  const problems = hasTried ? findProblems(draft) : {};
  const isAtLimits = Object.keys(toInput(draft, limits, limits)).length === 0;

  function change(next: Partial<PolicyDraft>): void {
    setDraft({ ...draft, ...next });
    setIsSaved(false);
    saving.reset();
  }

  function save(): void {
    setHasTried(true);
    if (Object.keys(findProblems(draft)).length > 0) return;
    const input = toInput(draft, policy, limits);
    if (Object.keys(input).length === 0) setIsSaved(true);
    else saving.mutate({ agentUrn: urn, policy: input });
  }

  return (
    <Form
      className="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="admin-pair">
        <AmountField
          label="Largest file"
          value={draft.maxSize}
          onChange={(maxSize) => change({ maxSize })}
          units={sizeUnits}
          hint={`Up to ${toSize(limits.maxSizeBytes)} on this service.`}
          problem={problems.maxSize ?? toFieldProblem(error, fields[0])}
        />
        <AmountField
          label="Time to answer"
          value={draft.timeout}
          onChange={(timeout) => change({ timeout })}
          units={timeUnits}
          hint={`Up to ${toDuration(limits.promptTimeoutSeconds)} on this service.`}
          problem={problems.timeout ?? toFieldProblem(error, fields[2])}
        />
      </div>
      <TypeChecklist
        limits={limits.allowedMimeTypes}
        value={draft.types}
        onChange={(types) => change({ types })}
        problem={problems.types ?? toFieldProblem(error, fields[1])}
      />
      <RefusalNote error={withoutFields(error, fields)} />
      <div className="actions admin-form-end">
        <Button look="primary" type="submit" isPending={isPending}>
          Save policy
        </Button>
        <Button look="quiet" isDisabled={isAtLimits} onPress={() => change(toDraft(limits))}>
          Set to the service’s limits
        </Button>
        <p role="status" className="admin-said">
          {isSaved && 'Saved'}
        </p>
      </div>
    </Form>
  );
}
