import { childrenOf, childText, readXml } from '../../../src/embedded/s3/xml-reader.js';

describe('the XML reader', () => {
  it('reads elements, text, entities, attributes and comments', () => {
    const root = readXml(
      `<?xml version="1.0" encoding="UTF-8"?>
       <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><!-- two -->
         <Object ><Key> a&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600; </Key></Object>
         <Object xsi:type='x'><Key/></Object>
       </Delete>`,
      'Delete',
    );
    expect(childrenOf(root, 'Object').map((object) => childText(object, 'Key'))).toEqual([` a&<>"'A😀 `, '']);
    expect(childText(root, 'Quiet')).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['another root', '<B/>'],
    ['two roots', '<A/><A/>'],
    ['text outside', '<A/>x'],
    ['no end', '<A>'],
    ['crossed ends', '<A><B></A></B>'],
    ['a lone end', '</A>'],
    ['a DOCTYPE', '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>'],
    ['an unknown entity', '<A>&nbsp;</A>'],
    ['a bare ampersand', '<A>a & b</A>'],
    ['a reference to NUL', '<A>&#0;</A>'],
    ['a lone surrogate', '<A>&#xD800;</A>'],
    ['CDATA', '<A><![CDATA[x]]></A>'],
    ['an attribute without quotes', '<A b=c/>'],
    ['too deep nesting', `${'<A>'.repeat(50)}${'</A>'.repeat(50)}`],
  ])('refuses %s', (_what, text) => {
    expect(() => readXml(text, 'A')).toThrow(expect.objectContaining({ code: 'MalformedXML' }) as Error);
  });

  it('takes time in proportion to the length of what it refuses', () => {
    for (const text of [
      '<'.repeat(500_000),
      `<A ${'a="'.repeat(200_000)}`,
      `<A>${'&'.repeat(500_000)}`,
      '<!--'.repeat(200_000),
    ]) {
      expect(() => readXml(text, 'A')).toThrow();
    }
  });

  it('refuses two where one is meant', () => {
    expect(() => childText(readXml('<A><B/><B/></A>', 'A'), 'B')).toThrow();
  });
});
