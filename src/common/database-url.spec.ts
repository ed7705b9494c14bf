import { parseDatabaseUrl } from './database-url';

describe('the address of the database', () => {
  it.each([
    ['postgres://u:p@db/x', ['postgres://u:p@db/x'], null],
    [
      'postgresql://u:p%40w@db:5433/x?sslmode=verify-full',
      ['postgresql://u:p%40w@db:5433/x?sslmode=verify-full'],
      null,
    ],
    ['postgres://u@localhost:5432/x?host=%2Frun%2Fpg', ['postgres://u@localhost:5432/x?host=%2Frun%2Fpg'], null],
    ['postgres://u:p@a,b/x', ['postgres://u:p@a/x', 'postgres://u:p@b/x'], 'read-write'],
    [
      'postgres://u:p@a:1,b:2/x?sslmode=verify-full',
      ['postgres://u:p@a:1/x?sslmode=verify-full', 'postgres://u:p@b:2/x?sslmode=verify-full'],
      'read-write',
    ],
    ['postgres://[::1]:1,[fe80::2]/x', ['postgres://[::1]:1/x', 'postgres://[fe80::2]/x'], 'read-write'],
    ['postgres://u@/x?host=a,b&port=1,2', ['postgres://u@a:1/x', 'postgres://u@b:2/x'], 'read-write'],
    ['postgres://u@/x?host=a,b&port=6000', ['postgres://u@a:6000/x', 'postgres://u@b:6000/x'], 'read-write'],
    [
      'postgres://u@localhost:5432/x?host=/run/a,/run/b',
      ['postgres://u@localhost:5432/x?host=%2Frun%2Fa', 'postgres://u@localhost:5432/x?host=%2Frun%2Fb'],
      'read-write',
    ],
    ['postgres://a,b/x?target_session_attrs=any', ['postgres://a/x', 'postgres://b/x'], null],
    [
      'postgres://a,b/x?target_session_attrs=primary&sslmode=disable',
      ['postgres://a/x?sslmode=disable', 'postgres://b/x?sslmode=disable'],
      'primary',
    ],
    ['postgres://a/x?target_session_attrs=read-write', ['postgres://a/x'], 'read-write'],
  ])('reads %s', (text, servers, wanted) => {
    expect(parseDatabaseUrl(text)).toEqual({ servers, wanted });
  });

  it.each([
    ['mysql://a/x', /must be a URL such as/],
    ['db/x', /must be a URL such as/],
    ['postgres://u:secret@a,,b/x', /host that is empty/],
    ['postgres://u:secret@a:port,b/x', /cannot be read/],
    ['postgres://u:secret@a:99999,b/x', /cannot be read/],
    ['postgres://u:secret@a:99999/x', /must be a URL such as/],
    ['postgres://u:secret@/x?host=a,b,c&port=1,2', /3 hosts and 2 ports/],
    ['postgres://u:secret@a,b/x?target_session_attrs=standby', /read-write, primary or any/],
  ])('refuses %s, and does not repeat it', (text, told) => {
    expect(() => parseDatabaseUrl(text)).toThrow(told);
    expect(() => parseDatabaseUrl(text)).not.toThrow(/secret/);
  });
});
