import assert from 'node:assert/strict';
import { bedrock } from '../../../src/router/providers/bedrock.ts';

describe('bedrock', () => {
  it('has an address that follows from the region, and from nothing that is none', () => {
    const addressIn = (region: string): string | undefined => bedrock.baseUrlFor?.({ region });
    assert.equal(addressIn('eu-central-1'), 'https://bedrock-runtime.eu-central-1.amazonaws.com');
    assert.equal(addressIn('us-gov-west-1'), 'https://bedrock-runtime.us-gov-west-1.amazonaws.com');
    assert.equal(addressIn('cn-north-1'), 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn');
    assert.equal(addressIn('evil.example/?'), undefined);
    assert.equal(addressIn(''), undefined);
  });
});
