/** URLs that lead inside, or nowhere a receiver would be, each in another dress. */
export const DISGUISED_URLS: readonly string[] = [
  'https://127.0.0.1/', 'https://127.1/', 'https://127.0.1/', 'https://0x7f.1/', 'https://0x7f000001/', 'https://2130706433/', 'https://017700000001/', 'https://0177.0.0.1/', 'https://127.0.0.1./', 'https://0/', 'https://0.0.0.0/',
  'https://\u2460\u2461\u2466.0.0.1/', 'https://\uff11\uff12\uff17\u30020\u30020\u30021/', 'https://%31%32%37.0.0.1/',
  'https://[::1]/', 'https://[::]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[::127.0.0.1]/', 'https://[64:ff9b::7f00:1]/', 'https://[64:ff9b:1::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[2001::1]/',
  'https://[fd00::1]/', 'https://[fe80::1]/', 'https://[fec0::1]/', 'https://[ff02::1]/', 'https://[100::1]/', 'https://[5f00::1]/',
  'https://10.0.0.1/', 'https://172.16.0.1/', 'https://172.31.255.254/', 'https://192.168.1.1/', 'https://169.254.169.254/latest/meta-data/', 'https://100.100.100.200/', 'https://100.64.0.1/', 'https://192.0.0.192/', 'https://198.18.0.1/', 'https://224.0.0.1/', 'https://255.255.255.255/',
  'https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://a.localhost/', 'https://metadata.google.internal/', 'https://printer.local/', 'https://router.home.arpa/', 'https://redis/',
  'http://hooks.example.com/', 'ftp://hooks.example.com/', 'file:///etc/passwd', 'gopher://hooks.example.com/', 'data:text/plain,x', 'javascript:alert(1)', 'ws://hooks.example.com/', 'unix:/var/run/docker.sock',
  'https://hooks.example.com:22/', 'https://hooks.example.com:80/', 'https://hooks.example.com:5432/', 'https://hooks.example.com:6379/', 'https://hooks.example.com:9200/',
  'https://user:secret@hooks.example.com/', 'https://user@hooks.example.com/', 'https://hooks.example.com@127.0.0.1/', 'https://hooks.example.com/#x', 'https://127.0.0.1\\@hooks.example.com/',
  'https://pay.example.com/api/links', 'https://PAY.example.com./', 'https://pay.example.com:8443/',
  '', ' ', '//hooks.example.com/', 'hooks.example.com', '/hook', 'https://', 'https:///', 'https://hooks.example.com/\r\nHost: x', 'https://hooks.example.com/\tx', ' https://hooks.example.com/', 'https://[::1', 'https://exa mple.com/',
];
