import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  type ParseOptions,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { measureOperation } from './document-cost.js';

/**
 * The introspection query of graphql-js has 184 tokens and 8 aliases at most, a heavy page of the portal about
 * 300. Validation takes up to 45 ms for 1,000 tokens, 140 ms for 2,000: two fields of one name in a selection
 * are compared pair by pair.
 */
const defaults = {
  maxTokens: 1_000,
  maxDepth: 12,
  maxAliases: 30,
  maxRootFields: 20,
  maxCost: 10_000,
  /** The introspection query of graphql-js, with all that it can ask for, costs 14_000. */
  maxSchemaCost: 20_000,
  /** Each tries a password and takes the memory and time of one key derivation. */
  oncePerDocument: ['encryptMemory', 'unlockMemory', 'changeMemoryPassword'] as readonly string[],
};

export interface LimitOptions extends Partial<typeof defaults> {
  /** Whether the schema may be asked for; it is public, so there is no reason why not. */
  readonly introspection?: boolean;
}

/** What a document must satisfy besides being valid; the same for HTTP and WebSocket. */
export interface Limits {
  readonly parseOptions: ParseOptions;
  readonly validationRules: readonly ValidationRule[];
}

/** Limits on documents from callers. What exceeds one is refused as an invalid document, before it runs. */
export function makeLimits({ introspection = true, ...given }: LimitOptions = {}): Limits {
  const limits = { ...defaults, ...given };
  return {
    parseOptions: { maxTokens: limits.maxTokens },
    validationRules: [
      limitOperations(limits),
      limitAliases(limits.maxAliases),
      limitRepetition(new Set(limits.oncePerDocument)),
      refuseConditionalSubscriptions,
      ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    ],
  };
}

function limitOperations(limits: {
  maxDepth: number;
  maxCost: number;
  maxSchemaCost: number;
  maxRootFields: number;
}): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const { depth, cost, schemaCost, rootFields } = measureOperation(context, operation);
      const refuse = refuseIn(context);
      if (depth > limits.maxDepth) refuse(`is ${depth} levels deep; ${limits.maxDepth} are allowed`);
      if (cost > limits.maxCost) {
        refuse(`may return ${Math.ceil(cost)} objects; ${limits.maxCost} are allowed. Ask for smaller pages`);
      }
      if (schemaCost > limits.maxSchemaCost) {
        refuse(
          `may return ${schemaCost} objects of introspection; ${limits.maxSchemaCost} are allowed. Ask for the schema once`,
        );
      }
      if (rootFields > limits.maxRootFields) {
        refuse(`has ${rootFields} fields at its top; ${limits.maxRootFields} are allowed`);
      }
    },
  });
}

function limitAliases(maxAliases: number): ValidationRule {
  return (context) => {
    let aliases = 0;
    return {
      Field(field) {
        if (field.alias !== undefined) aliases += 1;
      },
      Document: {
        leave() {
          if (aliases > maxAliases) refuseIn(context)(`has ${aliases} aliases; ${maxAliases} are allowed`);
        },
      },
    };
  };
}

/** A limit on attempts that counted requests would be worth nothing if one request could hold many. */
function limitRepetition(names: ReadonlySet<string>): ValidationRule {
  return (context) => {
    let attempts = 0;
    return {
      Field(field) {
        if (names.has(field.name.value)) attempts += 1;
      },
      Document: {
        leave(document) {
          if (attempts <= 1) return;
          const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
          context.reportError(
            new GraphQLError(`Only one of ${[...names].join(', ')} is allowed in a document.`, {
              nodes: operation ?? null,
            }),
          );
        },
      },
    };
  };
}

/**
 * The one field of a subscription is always there (GraphQL of September 2025, Single Root Field). Where it depends on
 * a variable, the rule of graphql-js throws instead of reporting it; left out, nothing is left to subscribe to.
 */
function refuseConditionalSubscriptions(context: ValidationContext): ReturnType<ValidationRule> {
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
      if (!isConditionalAtTop(context, operation.selectionSet)) return;
      context.reportError(
        new GraphQLError('The field of a subscription takes no @skip and no @include.', { nodes: operation }),
      );
    },
  };
}

function isConditionalAtTop(context: ValidationContext, top: SelectionSetNode): boolean {
  // A fragment is looked at once: spread twice each, they grow exponentially.
  const seen = new Set<string>();
  const isConditional = (selection: SelectionNode): boolean => {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include'))
      return true;
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(isConditional);
    if (selection.kind === Kind.FIELD || seen.has(selection.name.value)) return false;
    seen.add(selection.name.value);
    return context.getFragment(selection.name.value)?.selectionSet.selections.some(isConditional) ?? false;
  };
  return top.selections.some(isConditional);
}

function refuseIn(context: ValidationContext): (because: string) => void {
  return (because) => context.reportError(new GraphQLError(`The operation ${because}.`));
}
