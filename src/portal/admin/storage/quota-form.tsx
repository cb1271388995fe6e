import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Form, Label, Radio, RadioGroup } from 'react-aria-components';
import { Button } from '../../ui/button.js';
import { toSize } from '../../words/size.js';
import { GetStorage, SetStorageQuota } from '../generated/documents.js';
import { AmountField } from '../parts/amount-field.js';
import { RefusalNote } from '../parts/refusal-note.js';
import { useAct } from '../use-admin.js';
import { fromAmount, sizeUnits, toAmount, toAmountProblem } from '../words/amounts.js';
import { toFieldProblem, withoutFields } from '../words/refusals.js';
import { toCounted, type Usage } from './shares.js';

/** How much the organization may store. */
export function QuotaForm({ usage }: { usage: Usage }) {
  const { quotaBytes } = usage;
  const [isLimited, setIsLimited] = useState(quotaBytes !== null);
  const [amount, setAmount] = useState(() => toAmount(quotaBytes ?? 100 * 1024 ** 3, sizeUnits));
  const [hasTried, setHasTried] = useState(false);
  const [isSaved, setIsSaved] = useState(false);
  const saving = useAct(SetStorageQuota, [GetStorage], () => setIsSaved(true));
  const { error, isPending } = saving;
  const wanted = isLimited ? fromAmount(amount, sizeUnits) : null;
  const counted = toCounted(usage);
  const isTooLittle = typeof wanted === 'number' && wanted >= 0 && wanted < counted;
  const problem = isLimited ? toAmountProblem(amount, sizeUnits) : undefined;

  function change(apply: () => void): void {
    apply();
    setIsSaved(false);
    saving.reset();
  }

  return (
    <Form
      className="admin-form"
      onSubmit={(event) => {
        event.preventDefault();
        setHasTried(true);
        if (wanted !== undefined && problem === undefined) saving.mutate({ quotaBytes: wanted });
      }}
    >
      <RadioGroup
        className="choices"
        value={isLimited ? 'limit' : 'none'}
        onChange={(choice) => change(() => setIsLimited(choice === 'limit'))}
      >
        <Label className="visually-hidden">How much may be stored</Label>
        <Radio value="none" className="choice">
          No limit
        </Radio>
        <Radio value="limit" className="choice">
          Up to a limit
        </Radio>
      </RadioGroup>
      {isLimited && (
        <AmountField
          label="Quota"
          value={amount}
          onChange={(next) => change(() => setAmount(next))}
          units={sizeUnits}
          problem={(hasTried ? problem : undefined) ?? toFieldProblem(error, 'quotaBytes')}
        />
      )}
      {isTooLittle && (
        <p role="status" className="banner banner-warning">
          <TriangleAlert aria-hidden size={20} />
          <span>
            <strong>This is less than what is used: {toSize(counted)}.</strong> Nothing is deleted, but
            nothing more can be stored until there is room.
          </span>
        </p>
      )}
      <RefusalNote error={withoutFields(error, ['quotaBytes'])} />
      <div className="actions admin-form-end">
        <Button look="primary" type="submit" isPending={isPending}>
          Save quota
        </Button>
        <p role="status" className="admin-said">
          {isSaved && 'Saved'}
        </p>
      </div>
    </Form>
  );
}
