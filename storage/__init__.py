"""What is remembered: tables behind repositories; rows never leave."""
