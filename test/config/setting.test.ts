import assert from 'node:assert/strict';
import {
  booleanMapSetting,
  choiceListSetting,
  choiceSetting,
  headerMapSetting,
  integerSetting,
  nameSetting,
  numberMapSetting,
  numberSetting,
  priceMapSetting,
  textListSetting,
  urlSetting,
} from '../../src/config/setting.ts';

const text = { description: 'A setting.' };

describe('a setting', () => {
  it('takes whole numbers within its range only', () => {
    const { parse } = integerSetting(12, { minimum: 1, maximum: 100 }, text);
    assert.equal(parse(1), 1);
    assert.equal(parse(100), 100);
    for (const wrong of [0, 101, 1.5, Number.NaN, '12', null, true, [12]]) {
      assert.equal(parse(wrong), undefined, String(wrong));
    }
  });

  it('takes one of its choices, and not the names of object members', () => {
    const { parse } = choiceSetting('auto', { auto: 'a', never: 'n' }, text);
    assert.equal(parse('never'), 'never');
    assert.equal(parse('toString'), undefined);
    assert.equal(parse('Auto'), undefined);
  });

  it('takes one of its names, or none', () => {
    const { parse } = nameSetting(['qwen-coder'], text);
    assert.equal(parse('qwen-coder'), 'qwen-coder');
    assert.equal(parse(''), '');
    assert.equal(parse('qwen'), undefined);
  });

  it('takes web addresses without user and password, and drops slashes at the end', () => {
    const { parse } = urlSetting(text);
    assert.equal(parse(' http://127.0.0.1:1234/v1/ '), 'http://127.0.0.1:1234/v1');
    assert.equal(parse(''), '');
    for (const wrong of ['127.0.0.1:1234', 'ftp://host', 'https://user:secret@host', 'file:///etc', 5]) {
      assert.equal(parse(wrong), undefined, String(wrong));
    }
  });

  it('takes lists of texts without empty ones', () => {
    const { parse } = textListSetting([], text);
    assert.deepEqual(parse([' a ', 'b']), ['a', 'b']);
    assert.equal(parse(['a', '']), undefined);
    assert.equal(parse('a'), undefined);
  });

  it('takes each listed choice once', () => {
    const choices = [
      { value: 'a', description: 'A' },
      { value: 'b', description: 'B' },
    ];
    const { parse } = choiceListSetting([], choices, text);
    assert.deepEqual(parse(['b', 'a', 'b']), ['b', 'a']);
    assert.equal(parse(['c']), undefined);
  });

  it('takes maps of names to on or off', () => {
    const { parse } = booleanMapSetting({ '*': true }, text);
    assert.deepEqual(parse({ go: false }), { go: false });
    assert.equal(parse({ go: 'no' }), undefined);
    assert.equal(parse([true]), undefined);
  });

  it('takes numbers with a fraction within its range only', () => {
    const { parse } = numberSetting(0, { minimum: 0, maximum: 10 }, text);
    assert.equal(parse(0.25), 0.25);
    assert.equal(parse(10), 10);
    for (const wrong of [-0.01, 10.01, Number.NaN, Number.POSITIVE_INFINITY, '1', null, [1]]) {
      assert.equal(parse(wrong), undefined, String(wrong));
    }
  });

  it('takes numbers by name, of the names that it knows', () => {
    const { parse } = numberMapSetting({ names: ['a', 'b'], maximum: 10 }, text);
    assert.deepEqual(parse({ b: 2.5 }), { b: 2.5 });
    assert.equal(parse({ c: 1 }), undefined);
    assert.equal(parse({ a: -1 }), undefined);
    assert.equal(parse({ a: 11 }), undefined);
    assert.equal(parse([1]), undefined);
    assert.deepEqual(numberMapSetting({ names: [], maximum: 10 }, text).parse({ any: 1 }), { any: 1 });
  });

  it('takes prices that name at least input and output', () => {
    const { parse } = priceMapSetting(text);
    const prices = { 'my/model': { input: 0.5, output: 1.5, cacheRead: 0 } };
    assert.deepEqual(parse(prices), prices);
    for (const wrong of [
      { m: { input: 1 } },
      { m: { input: 1, output: -1 } },
      { m: { input: 1, output: 1, extra: 1 } },
      { m: 1 },
    ]) {
      assert.equal(parse(wrong), undefined, JSON.stringify(wrong));
    }
  });

  it('takes headers whose names and values are safe to send', () => {
    const { parse } = headerMapSetting(text);
    assert.deepEqual(parse({ 'X-Team': 'a b' }), { 'X-Team': 'a b' });
    assert.equal(parse({ 'X Team': 'a' }), undefined);
    assert.equal(parse({ 'X-Team': 'a\r\nX-Other: b' }), undefined);
    assert.equal(parse({ 'X-Team': 1 }), undefined);
  });
});
