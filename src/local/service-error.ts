/** An error response of the service: `{"__type": ..., "Message": ...}` with an HTTP status. */
export class ServiceError extends Error {
  readonly type: string;
  readonly statusCode: number;

  constructor(type: string, message: string, statusCode = 400) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
  }
}

/** The error for an input that breaks a documented constraint. */
export function invalidInput(message: string): ServiceError {
  return new ServiceError("InvalidInputException", message);
}
