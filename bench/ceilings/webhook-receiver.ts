import http from 'node:http';

/** A merchant's server that reads everything and agrees to it. */
const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(204).end());
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
