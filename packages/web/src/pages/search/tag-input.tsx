import { Autocomplete } from '@base-ui/react/autocomplete';
import type { AttributeScope } from '@sightline/wire';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactElement, useState } from 'react';
import { attributeKeysQuery, attributeValuesQuery } from '../../api/queries.ts';
import type { Conditions } from '../../model/search-params.ts';
import type { TimeRange } from '../../model/time-range.ts';
import { countText } from '../../model/time-text.ts';
import { attributeField } from '../../model/traceql-values.ts';
import { Icon } from '../../ui/icon.tsx';

interface Props {
  tags: readonly string[];
  /** What the spans must fulfil besides: what is offered is of these. */
  conditions: Conditions;
  range: TimeRange;
  onChange: (tags: string[]) => void;
}

interface Suggestion {
  /** What the box will hold. */
  text: string;
  label: string;
  note: string;
}

/** `key=value` conditions: completes first the key, then its value; each becomes a chip. */
export function TagInput({ tags, conditions, range, onChange }: Props): ReactElement {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  // Left, or confirmed, with a text that has become no tag.
  const [unfinished, setUnfinished] = useState(false);
  const suggestions = useSuggestions(text, open, conditions, range);

  const commit = (tag: string) => {
    setText('');
    setOpen(false);
    if (isTag(tag) && !tags.includes(tag)) onChange([...tags, tag]);
  };
  const pick = (chosen: string) => {
    // A key alone ends in "=": its values come next.
    if (!chosen.endsWith('=')) return commit(chosen);
    setText(chosen);
    setOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const highlighted = event.currentTarget.getAttribute('aria-activedescendant');
    if (event.key === 'Enter' && !highlighted) {
      if (isTag(text.trim())) commit(text.trim());
      else setUnfinished(true);
    }
    if (event.key === 'Backspace' && text === '') onChange(tags.slice(0, -1));
  };

  return (
    <Autocomplete.Root
      items={suggestions}
      mode="none"
      value={text}
      open={open && suggestions.length > 0}
      // Picking a key leads on to its values: `pick` says whether that was the end.
      onOpenChange={(next, { reason }) => reason !== 'item-press' && setOpen(next)}
      openOnInputClick
      itemToStringValue={(suggestion: Suggestion) => suggestion.text}
      onValueChange={(next, { reason }) => {
        setUnfinished(false);
        if (reason === 'item-press') pick(next);
        else setText(next);
      }}
    >
      <div className="field-box tag-box">
        {tags.map((tag) => (
          <TagChip key={tag} tag={tag} onRemove={() => onChange(tags.filter((other) => other !== tag))} />
        ))}
        <Autocomplete.Input
          placeholder={tags.length === 0 ? 'http.route=/cart' : ''}
          aria-label="Tags, as key=value"
          onKeyDown={onKeyDown}
          onFocus={() => {
            setOpen(true);
            setUnfinished(false);
          }}
          onBlur={() => setUnfinished(true)}
          spellCheck={false}
        />
        {unfinished && text !== '' && (
          <span className="field-hint" role="alert">
            {isTag(text) ? 'Not yet searched for: Enter adds it' : 'A tag is key=value, for example http.route=/cart'}
          </span>
        )}
      </div>
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} align="start" className="layer">
          <Autocomplete.Popup className="popup popup-picker">
            <Autocomplete.List className="options">
              {(suggestion: Suggestion) => (
                <Autocomplete.Item key={suggestion.text} value={suggestion} className="option">
                  <span className="option-text mono">{suggestion.label}</span>
                  <span className="option-note">{suggestion.note}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}

function isTag(text: string): boolean {
  return /^[^=]+=./.test(text);
}

function TagChip({ tag, onRemove }: { tag: string; onRemove: () => void }): ReactElement {
  const [key, ...value] = tag.split('=');
  return (
    <span className="tag" title={tag}>
      <span className="tag-text">
        <span className="faint">{key}=</span>
        {value.join('=')}
      </span>
      <button type="button" onClick={onRemove} aria-label={`Remove the tag ${tag}`}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}

function useSuggestions(text: string, open: boolean, conditions: Conditions, range: TimeRange): readonly Suggestion[] {
  const equals = text.indexOf('=');
  const typedKey = (equals < 0 ? text : text.slice(0, equals)).trim();
  const [, scope = '', key = typedKey] = /^(span|resource)\.(.+)$/.exec(typedKey) ?? [];
  const field = attributeField(scope as AttributeScope | '', key);
  const prefix = equals < 0 ? '' : text.slice(equals + 1);
  const keys = useQuery({ ...attributeKeysQuery({ conditions, prefix: '', range }), enabled: open && equals < 0 });
  const values = useQuery({
    ...attributeValuesQuery({ conditions, prefix, range, field }),
    enabled: open && equals > 0,
  });
  if (equals < 0) {
    const found = (keys.data?.attributes ?? []).filter(
      ({ key, scope }) => key.includes(typedKey) && (scope === 'span' || scope === 'resource'),
    );
    const unique = [...new Map(found.map((attribute) => [attribute.key, attribute])).values()];
    return unique.map((attribute) => ({
      text: `${attribute.key}=`,
      label: attribute.key,
      note: attribute.scope === 'resource' ? 'resource' : '',
    }));
  }
  return (values.data?.values ?? []).map(({ value, spanCount }) => ({
    text: `${typedKey}=${value}`,
    label: value,
    note: countText(spanCount),
  }));
}
