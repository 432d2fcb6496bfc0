import type { KeyValue } from '@sightline/wire';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { attributeText, groupAttributes, valueType } from '../../model/attributes.ts';
import { countOf } from '../../model/time-text.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LongText } from './long-text.tsx';

interface Props {
  title: string;
  attributes: readonly KeyValue[];
  of: 'span' | 'resource';
  dropped: number;
}

export function AttributeGroups({ title, attributes, of, dropped }: Props): ReactElement | null {
  if (attributes.length === 0 && dropped === 0) return null;
  return (
    <details className="panel-section" open={of === 'span'}>
      <summary>
        {title} <span className="faint">{attributes.length}</span>
      </summary>
      {groupAttributes(attributes, of).map((group) => (
        <section key={group.title} className="attribute-group">
          <h3>{group.title}</h3>
          <dl>
            {group.attributes.map((attribute) => (
              <AttributeRow
                key={attribute.key}
                attribute={attribute}
                searchKey={of === 'resource' ? `resource.${attribute.key}` : attribute.key}
              />
            ))}
          </dl>
        </section>
      ))}
      {dropped > 0 && (
        <p className="panel-note">{countOf(dropped, 'attribute')} dropped by the program that sent it.</p>
      )}
    </details>
  );
}

/** `searchKey`: how a search names the attribute; without, no search is offered. */
export function AttributeRow({ attribute, searchKey }: { attribute: KeyValue; searchKey?: string }): ReactElement {
  const text = attributeText(attribute.value);
  const type = valueType(attribute.value);
  return (
    <div className="attribute">
      <dt>{attribute.key}</dt>
      <dd>
        <span className="attribute-value" data-type={type} title={type}>
          <AttributeValue text={text} type={type} />
        </span>
        <span className="attribute-actions">
          {searchKey && text.length < 200 && (
            <Link
              to="/search"
              search={{ tag: `${searchKey}=${text}` }}
              className="icon-button small"
              aria-label={`Find traces with ${attribute.key}=${text}`}
              title="Find traces with this value"
            >
              <Icon name="search" size={14} />
            </Link>
          )}
          <CopyButton text={text} label={`Copy ${attribute.key}`} />
        </span>
      </dd>
    </div>
  );
}

function AttributeValue({ text, type }: { text: string; type: ReturnType<typeof valueType> }): ReactElement {
  if (type === 'empty') return <span className="faint">empty</span>;
  if (text === '') return <span className="faint">""</span>;
  if (/^https?:\/\/\S+$/.test(text)) {
    return (
      <a href={text} target="_blank" rel="noreferrer">
        {text}
      </a>
    );
  }
  return <LongText text={text} />;
}
